import type { WorkflowConditions } from "@flawless-ts/sdk";
import { type Command, InvalidArgumentError } from "commander";
import { type Labels, readLabel } from "./label-argument.ts";

/** The options that filter workflows. */
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

/** Adds the options that filter workflows. */
export function withFilterOptions(command: Command): Command {
  return command
    .option("--module <module[:version]>", "only workflows of this module")
    .option("--workflow <name>", "only workflows with this name")
    .option("--label <key=value>", "only workflows with this label; repeatable", readLabel)
    .option("--created-from <time>", "only workflows created then or later (ISO 8601)", readTime)
    .option("--created-before <time>", "only workflows created earlier", readTime)
    .option("--ended-from <time>", "only workflows that ended then or later", readTime)
    .option("--ended-before <time>", "only workflows that ended earlier", readTime)
    .option("--id-prefix <text>", "only workflows whose id begins with this")
    .option("--key-prefix <text>", "only workflows whose idempotency key begins with this")
    .option("--name-prefix <text>", "only workflows whose name begins with this")
    .option(
      "--input-text <text>",
      "only workflows with this text in their input; slow: the server searches up to 5,000 workflows and 16 MiB of inputs for each page",
    );
}

/** The conditions from the options; missing ones are undefined. */
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
