import type { Command } from "commander";
import { type Console, printable } from "@flawless-ts/http-service/program";
import { type ClientOptions, connect, withClientOptions } from "../client.ts";
import { toJsonText } from "../json-argument.ts";
import { type KeyOption, withKeyOption, workflowOf } from "../workflow-argument.ts";

interface ResultOptions extends ClientOptions, KeyOption {}

/** `flawless result ID` */
export function addResult(program: Command, console: Console): void {
  const command = program
    .command("result")
    .description("wait until a workflow ends, however long that takes, and show its response")
    .argument("[id]", "the workflow's id");
  withClientOptions(withKeyOption(command)).action(
    async (id: string | undefined, options: ResultOptions) => {
      const named = workflowOf(command, id, options);
      await using flawless = await connect(options, console);
      const response = toJsonText(await flawless.workflow(named).result());
      console.print(options.json === true ? `{"response":${response}}` : printable(response));
    },
  );
}
