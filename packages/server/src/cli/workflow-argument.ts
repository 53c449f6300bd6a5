import type { WorkflowKey } from "@flawless-ts/sdk";
import type { Command } from "commander";

/** How a command names one workflow beside its id. */
export interface KeyOption {
  readonly key?: string;
}

/** Gives a command an option that takes the place of a workflow's id. */
export function withKeyOption(command: Command): Command {
  return command.option(
    "--key <key>",
    "the idempotency key that the workflow was started with, in place of its id",
  );
}

/** What names the workflow. It ends the command where that is not one of the two. */
export function workflowOf(
  command: Command,
  id: string | undefined,
  { key }: KeyOption,
): string | WorkflowKey {
  const named = key === undefined ? id : { key };
  if (named === undefined || (id !== undefined && key !== undefined)) {
    command.error("error: expected the id of a workflow, or --key");
  }
  return named as string | WorkflowKey;
}
