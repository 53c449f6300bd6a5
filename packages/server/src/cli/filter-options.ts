import type { WorkflowConditions } from "@flawless-ts/sdk";
import { type Command, InvalidArgumentError } from "commander";
import { type Labels, readLabel } from "./label-argument.ts";

/** What workflows are found by, as options tell it. */
export interface FilterOptions {
  readonly module?: string;
  readonly workflow?: string;
  readonly label?: Labels;
  readonly createdFrom?: string;
  readonly createdBefore?: string;
  readonly endedFrom?: string;
  readonly endedBefore?: string;
  readonly idPrefix?: string;
  readonly keyPrefix?: string;
  readonly namePrefix?: string;
  readonly inputText?: string;
}

/** Gives a command the options by which workflows are found. */
export function withFilterOptions(command: Command): Command {
  return command
    .option("--module <module[:version]>", "only those of this module")
    .option("--workflow <name>", "only those of this name")
    .option("--label <key=value>", "only those with this label; may be given again", readLabel)
    .option("--created-from <time>", "only those that began then or later (ISO 8601)", readTime)
    .option("--created-before <time>", "only those that began earlier", readTime)
    .option("--ended-from <time>", "only those that ended then or later", readTime)
    .option("--ended-before <time>", "only those that ended earlier", readTime)
    .option("--id-prefix <text>", "only those whose id begins so")
    .option("--key-prefix <text>", "only those whose idempotency key begins so")
    .option("--name-prefix <text>", "only those whose workflow's name begins so")
    .option(
      "--input-text <text>",
      "only those with this text in their input; slow: the server looks through up to 5,000 workflows and 16 MiB of inputs for each page",
    );
}

/** The conditions that the options name; those that were not given are undefined. */
export function conditionsOf(options: FilterOptions): WorkflowConditions {
  const [, module, version] = /^(.+?)(?::([^:]+))?$/.exec(options.module ?? "") ?? [];
  const { workflow, label: labels, createdFrom, createdBefore, endedFrom, endedBefore } = options;
  const { idPrefix, keyPrefix, namePrefix, inputText } = options;
  return {
    module,
    version,
    workflow,
    labels,
    createdFrom,
    createdBefore,
    endedFrom,
    endedBefore,
    idPrefix,
    keyPrefix,
    namePrefix,
    inputText,
  };
}

function readTime(text: string): string {
  if (Number.isNaN(Date.parse(text))) {
    throw new InvalidArgumentError("Expected a time such as 2026-01-31T12:00:00Z.");
  }
  return text;
}
