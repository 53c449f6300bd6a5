import type { Command } from "commander";
import { type Console, printable } from "@flawless-ts/http-service/program";
import { type ClientOptions, connect, withClientOptions } from "../client.ts";
import { type Labels, readLabel } from "../label-argument.ts";
import { parseJsonArgument, toJsonText } from "../json-argument.ts";
import { parseModuleReference } from "../module-reference.ts";

interface RunOptions extends ClientOptions {
  readonly input: string;
  readonly idempotencyKey?: string;
  readonly label?: Labels;
  readonly detach?: boolean;
}

/** `flawless run MODULE:VERSION WORKFLOW` */
export function addRun(program: Command, console: Console): void {
  const command = program
    .command("run")
    .description("start a workflow and wait for its response")
    .argument("<module:version>", "such as crawler:0.1.8")
    .argument("<workflow>", "the workflow's name")
    .option("--input <json>", "the workflow's input", "null")
    .option(
      "--idempotency-key <key>",
      "start only once, however often the command is repeated with this key",
    )
    .option("--label <key=value>", "a label to find it by; repeatable", readLabel)
    .option("--detach", "don't wait for the response");
  withClientOptions(command).action(
    async (reference: string, workflow: string, options: RunOptions) => {
      const { name, version } = parseModuleReference(reference);
      const input = parseJsonArgument("--input", options.input);
      const { idempotencyKey, label: labels } = options;
      await using flawless = await connect(options, console);
      const module = flawless.module(name, version);
      if (options.detach === true) {
        const { id } = await module.start(workflow, input, { idempotencyKey, labels });
        console.print(
          options.json === true ? toJsonText({ id, response: null }) : `workflow  ${printable(id)}`,
        );
        return;
      }
      const executed = await module.executeWithHandle(workflow, input, {
        idempotencyKey,
        labels,
      });
      const { id } = executed.workflow;
      // 64-bit integers keep every digit.
      const response = toJsonText(executed.response);
      if (options.json === true) {
        console.print(`{"id":${JSON.stringify(id)},"response":${response}}`);
        return;
      }
      console.print(`workflow  ${printable(id)}`);
      console.print(`response  ${executed.responded ? printable(response) : "none"}`);
    },
  );
}
