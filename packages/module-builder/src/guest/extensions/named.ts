import type { WorkflowContract } from "@flawless-ts/wasm-module";
import { text } from "../arguments.ts";
import type { Workflows } from "../running-workflow.ts";

/** A workflow for another one to start. */
export interface NamedWorkflow {
  readonly name: string;
  /** Undefined if only its name is known. */
  readonly contract: WorkflowContract | undefined;
}

const what = "a workflow's name";

/**
 * Finds a workflow by its name, or by the value given to `defineModule`.
 *
 * @throws {TypeError} for a value that is not a workflow of the module.
 */
export function named(workflow: unknown, workflows: Workflows): NamedWorkflow {
  if (typeof workflow === "string") {
    const contract = workflows.find(([name]) => name === workflow)?.[1];
    return { name: text(workflow, what), contract };
  }
  const isObject = typeof workflow === "object" && workflow !== null && "run" in workflow;
  const run = isObject ? workflow.run : workflow;
  const found = workflows.find(([, each]) => each.run === run);
  if (found !== undefined) return { name: found[0], contract: found[1] };
  if (typeof run !== "function") return { name: text(workflow, what), contract: undefined };
  throw new TypeError(
    "expected one of this module's workflows to start, but got a function that is none: name it in defineModule()",
  );
}
