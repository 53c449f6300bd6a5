import type { WorkflowHandle } from "@flawless-ts/sdk";
import { type Command, InvalidArgumentError } from "commander";
import { type Console, printable } from "@flawless-ts/http-service/program";
import { type KeyOption, withKeyOption, workflowOf } from "../workflow-argument.ts";
import { type ClientOptions, connect, withClientOptions } from "../client.ts";

interface RestartOptions extends ClientOptions, KeyOption {
  readonly idempotencyKey?: string;
  readonly terminate?: boolean;
}

interface ForkOptions extends RestartOptions {
  readonly fromStep: number;
  readonly version?: string;
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

/** `flawless fork ID --from-step N` */
export function addFork(program: Command, console: Console): void {
  const command = program
    .command("fork")
    .description("start a workflow again from one of its steps, as a new one")
    .argument("[id]", "the workflow's id")
    .requiredOption(
      "--from-step <number>",
      "how many steps it takes over with their answers, as `flawless show` counts them",
      parseStep,
    )
    .option(
      "--version <version>",
      "the module's version to run on (default: that of the workflow)",
    );
  withRestartOptions(withKeyOption(command)).action(async (id: string, options: ForkOptions) => {
    const named = workflowOf(command, id, options);
    const { fromStep, idempotencyKey, terminate, version } = options;
    await using flawless = await connect(options, console);
    const workflow = flawless.workflow(named);
    const forked = await workflow.fork({ fromStep, version, idempotencyKey, terminate });
    await tell(forked, options, console);
  });
}

function parseStep(text: string): number {
  const step = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(step)) {
    throw new InvalidArgumentError("Expected a whole number from 0 on.");
  }
  return step;
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
