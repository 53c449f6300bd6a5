import type { WorkflowContract } from "@flawless-ts/wasm-module";
import { text } from "../arguments.ts";
import type { Workflows } from "../running-workflow.ts";

/** A workflow that another one starts. */
export interface NamedWorkflow {
  readonly name: string;
  /** Undefined where only its name is known. */
  readonly contract: WorkflowContract | undefined;
}

const what = "a workflow's name";

/**
 * A workflow by its name, or by what `defineModule` was given.
 *
 * @throws {TypeError} for what is no workflow of the module.
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
