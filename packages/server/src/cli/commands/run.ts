import type { Command } from "commander";
import { type Console, printable } from "@flawless-ts/http-service/program";
import { type ClientOptions, connect, withClientOptions } from "../client.ts";
import { parseJsonArgument } from "../json-argument.ts";
import { parseModuleReference } from "../module-reference.ts";

interface RunOptions extends ClientOptions {
  readonly input: string;
  readonly idempotencyKey?: string;
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
    .option("--detach", "do not wait for the response");
  withClientOptions(command).action(
    async (reference: string, workflow: string, options: RunOptions) => {
      const { name, version } = parseModuleReference(reference);
      const input = parseJsonArgument("--input", options.input);
      const { idempotencyKey } = options;
      await using flawless = await connect(options, console);
      const module = flawless.module(name, version);
      const { id, responseText } =
        options.detach === true
          ? await module.start(workflow, input, { idempotencyKey, detached: true })
          : await module.start(workflow, input, { idempotencyKey });
      if (options.json === true) {
        // The response's text as it is: reading it would round large integers.
        console.print(`{"id":${JSON.stringify(id)},"response":${responseText ?? "null"}}`);
        return;
      }
      console.print(`workflow  ${printable(id)}`);
      if (options.detach !== true) {
        console.print(`response  ${printable(responseText ?? "none")}`);
      }
    },
  );
}
