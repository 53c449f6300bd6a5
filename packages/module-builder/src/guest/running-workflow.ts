import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { ContractDirection, WorkflowContract } from "@flawless-ts/wasm-module";
import { validateJson, type WorkflowImplementation } from "@flawless-ts/wasm-module/internal/guest";
import { part } from "./part-loader.ts";

/** The workflows of a module by name, in the order of their numbers. */
export type Workflows = readonly (readonly [string, WorkflowImplementation])[];

/** The workflow and module that a value belongs to. */
export interface CheckedWorkflow {
  /** The module's name and version. */
  readonly module: string;
  readonly name: string;
}

/** The running workflow and its module. */
export interface RunningWorkflow extends CheckedWorkflow {
  /** All workflows of the module. */
  readonly workflows: Workflows;
  readonly contract: WorkflowContract;
  /** Whether the response was sent. */
  responded: boolean;
}

/** @throws {ContractError} if the value violates its schema. */
export async function checked(
  workflow: CheckedWorkflow,
  schema: StandardSchemaV1 | undefined,
  value: unknown,
  direction: ContractDirection,
  messageType?: string,
): Promise<unknown> {
  if (schema === undefined) return value;
  const result = await validateJson(schema, value);
  return result.issues === undefined
    ? result.value
    : part("checks").refuse(workflow, result.issues, direction, messageType);
}
