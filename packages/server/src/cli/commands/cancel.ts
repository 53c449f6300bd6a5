import type { EndManner, Flawless, WorkflowConditions } from "@flawless-ts/sdk";
import type { Command } from "commander";
import { type Console, printable } from "@flawless-ts/http-service/program";
import { conditionsOf, type FilterOptions, withFilterOptions } from "../filter-options.ts";
import { type KeyOption, withKeyOption, workflowOf } from "../workflow-argument.ts";
import { type ClientOptions, connect, withClientOptions } from "../client.ts";

interface CancelOptions extends ClientOptions, KeyOption, FilterOptions {
  readonly tree?: boolean;
  readonly yes?: boolean;
}

/** `flawless cancel ID`, and `flawless cancel --module M` for many workflows */
export function addCancel(program: Command, console: Console): void {
  addEnding(program, console, "cancel", "ask a workflow to cancel, or all running ones that match");
}

/** `flawless terminate ID`, and `flawless terminate --module M` for many workflows */
export function addTerminate(program: Command, console: Console): void {
  addEnding(
    program,
    console,
    "terminate",
    "end a workflow at once, or all running ones that match",
  );
}

function addEnding(
  program: Command,
  console: Console,
  manner: EndManner,
  description: string,
): void {
  const command = program
    .command(manner)
    .description(description)
    .argument("[id]", "the workflow's id")
    .option("--tree", `with an id: also ${manner} its children, and their children`)
    .option("--yes", "with conditions instead of an id: do it; without this, only count them");
  withFilterOptions(command);
  withClientOptions(withKeyOption(command)).action(
    async (id: string | undefined, options: CancelOptions) => {
      const conditions = conditionsOf(options);
      const many = Object.values(conditions).some((condition) => condition !== undefined);
      const one = id !== undefined || options.key !== undefined;
      if (one === many) {
        command.error(
          "error: expected the id of a workflow, --key, or conditions such as --module or --label",
        );
      }
      if (many && options.tree === true) {
        command.error("error: --tree needs the id of a workflow");
      }
      if (many) {
        await using flawless = await connect(options, console);
        await endMany(flawless, manner, conditions, options, console);
        return;
      }
      const named = workflowOf(command, id, options);
      await using flawless = await connect(options, console);
      const workflow = flawless.workflow(named);
      const { tree } = options;
      const info =
        manner === "cancel" ? await workflow.cancel({ tree }) : await workflow.terminate({ tree });
      const { cancelBy, status } = info;
      const state =
        status === "running" && cancelBy !== null
          ? `is asked to cancel, and has to end by ${cancelBy}`
          : `is ${status}`;
      console.print(
        options.json === true ? JSON.stringify(info) : `${printable(info.id)} ${state}`,
      );
    },
  );
}

const words = {
  cancel: "cancelled",
  terminate: "terminated",
} as const;

async function endMany(
  flawless: Flawless,
  manner: EndManner,
  conditions: WorkflowConditions,
  options: CancelOptions,
  console: Console,
): Promise<void> {
  const dryRun = options.yes !== true;
  const filter = { ...conditions, dryRun };
  const count =
    manner === "cancel"
      ? await flawless.cancelWorkflows(filter)
      : await flawless.terminateWorkflows(filter);
  if (options.json === true) {
    console.print(JSON.stringify({ count, [words[manner]]: !dryRun }));
  } else if (dryRun) {
    console.print(`${count} running workflows match; add --yes to ${manner} them`);
  } else {
    console.print(`${words[manner]} ${count} workflows`);
  }
}
