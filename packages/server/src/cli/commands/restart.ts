import type { EndedStatus, Flawless, WorkflowConditions, WorkflowHandle } from "@flawless-ts/sdk";
import { type Command, Option } from "commander";
import { CliError, type Console, printable, wholeNumber } from "@flawless-ts/http-service/program";
import { conditionsOf, type FilterOptions, withFilterOptions } from "../filter-options.ts";
import { type KeyOption, withKeyOption, workflowOf } from "../workflow-argument.ts";
import { type ClientOptions, connect, withClientOptions } from "../client.ts";

interface RestartOptions extends ClientOptions, KeyOption {
  readonly idempotencyKey?: string;
  readonly terminate?: boolean;
}

interface RestartManyOptions extends RestartOptions, FilterOptions {
  readonly status?: EndedStatus;
  readonly yes?: boolean;
}

interface ForkOptions extends RestartOptions {
  readonly fromStep: number;
  readonly version?: string;
}

/** `flawless restart ID`, and `flawless restart --status failed` for many */
export function addRestart(program: Command, console: Console): void {
  const command = program
    .command("restart")
    .description("restart a finished workflow, or all that match, as new ones with the same input")
    .argument("[id]", "the workflow's id")
    .addOption(
      new Option(
        "--status <status>",
        "instead of an id: all that ended in this way and match",
      ).choices(["completed", "failed", "cancelled"]),
    )
    .option("--yes", "with --status: do it; without this, only count them");
  withFilterOptions(command);
  withRestartOptions(withKeyOption(command)).action(
    async (id: string | undefined, options: RestartManyOptions) => {
      const { idempotencyKey, status, terminate } = options;
      const conditions = conditionsOf(options);
      const hasConditions = Object.values(conditions).some((condition) => condition !== undefined);
      if (status !== undefined) {
        if (id !== undefined || options.key !== undefined || terminate === true) {
          command.error("error: --status can't be combined with an id, --key or --terminate");
        }
        await using flawless = await connect(options, console);
        await restartMany(flawless, status, conditions, options, console);
        return;
      }
      if (hasConditions) {
        command.error("error: expected --status: how the workflows to restart have ended");
      }
      const named = workflowOf(command, id, options);
      await using flawless = await connect(options, console);
      const restarted = await flawless.workflow(named).restart({ idempotencyKey, terminate });
      await tell(restarted, options, console);
    },
  );
}

async function restartMany(
  flawless: Flawless,
  status: EndedStatus,
  conditions: WorkflowConditions,
  { idempotencyKey, json, yes }: RestartManyOptions,
  console: Console,
): Promise<void> {
  const dryRun = yes !== true;
  const outcome = await flawless.restartWorkflows({
    ...conditions,
    status,
    idempotencyKey,
    dryRun,
  });
  const { count, failed, failures } = outcome;
  if (json === true) {
    console.print(JSON.stringify({ ...outcome, restarted: !dryRun }));
  } else if (dryRun) {
    console.print(`${count} ${status} workflows match; add --yes to restart them`);
  } else {
    console.print(`restarted ${count} workflows`);
  }
  if (failed > 0) {
    const named = failures.map(({ message }) => `  ${printable(message)}`);
    const more = failed > failures.length ? [`  and ${failed - failures.length} more`] : [];
    throw new CliError(`${failed} workflows can't be restarted`, { details: [...named, ...more] });
  }
}

/** `flawless fork ID --from-step N` */
export function addFork(program: Command, console: Console): void {
  const command = program
    .command("fork")
    .description("start a new workflow from a step of another one")
    .argument("[id]", "the workflow's id")
    .requiredOption(
      "--from-step <number>",
      "how many steps to copy with their results, as numbered by `flawless show`",
      wholeNumber(0),
    )
    .option("--version <version>", "the module version to run (default: the workflow's)");
  withRestartOptions(withKeyOption(command)).action(async (id: string, options: ForkOptions) => {
    const named = workflowOf(command, id, options);
    const { fromStep, idempotencyKey, terminate, version } = options;
    await using flawless = await connect(options, console);
    const workflow = flawless.workflow(named);
    const forked = await workflow.fork({ fromStep, version, idempotencyKey, terminate });
    await tell(forked, options, console);
  });
}

function withRestartOptions(command: Command): Command {
  command
    .option(
      "--idempotency-key <key>",
      "restart only once, however often the command is repeated with this key",
    )
    .option("--terminate", "terminate the workflow first if it is still running");
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
