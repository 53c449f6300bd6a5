import type { WorkflowHandle } from "@flawless-ts/sdk";
import type { Command } from "commander";
import { type Console, printable } from "@flawless-ts/http-service/program";
import { type KeyOption, withKeyOption, workflowOf } from "../workflow-argument.ts";
import { type ClientOptions, connect, withClientOptions } from "../client.ts";

interface RestartOptions extends ClientOptions, KeyOption {
  readonly idempotencyKey?: string;
  readonly terminate?: boolean;
}

/** `flawless restart ID` */
export function addRestart(program: Command, console: Console): void {
  const command = program
    .command("restart")
    .description("start a workflow again that has ended, as a new one with the same input")
    .argument("[id]", "the workflow's id");
  withRestartOptions(withKeyOption(command)).action(async (id: string, options: RestartOptions) => {
    const named = workflowOf(command, id, options);
    const { idempotencyKey, terminate } = options;
    await using flawless = await connect(options, console);
    const restarted = await flawless.workflow(named).restart({ idempotencyKey, terminate });
    await tell(restarted, options, console);
  });
}

function withRestartOptions(command: Command): Command {
  command
    .option(
      "--idempotency-key <key>",
      "start again only once, however often the command is repeated with this key",
    )
    .option("--terminate", "end the workflow first if it still runs");
  return withClientOptions(command);
}

async function tell(
  workflow: WorkflowHandle,
  options: RestartOptions,
  console: Console,
): Promise<void> {
  console.print(
    options.json === true
      ? JSON.stringify(await workflow.info())
      : `workflow  ${printable(workflow.id)}`,
  );
}
