import type { WorkflowKey } from "@flawless-ts/sdk";
import type { Command } from "commander";

/** How a command names a workflow other than by its id. */
export interface KeyOption {
  readonly key?: string;
}

/** Adds an option that replaces a workflow's id. */
export function withKeyOption(command: Command): Command {
  return command.option(
    "--key <key>",
    "the idempotency key that the workflow was started with, instead of its id",
  );
}

/** The id or key of the workflow. Ends the command if not exactly one of them is given. */
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
