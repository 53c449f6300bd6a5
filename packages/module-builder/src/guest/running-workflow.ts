import type { StandardSchemaV1 } from "@standard-schema/spec";
import {
  type ContractDirection,
  ContractError,
  type WorkflowContract,
} from "@flawless-ts/wasm-module";
import { contractIssues, validateJson } from "@flawless-ts/wasm-module/internal/guest";
import { fromJson } from "./json.ts";

/** A workflow of the module that another one starts. */
export interface NamedWorkflow {
  /** The module's name and version. */
  readonly module: string;
  readonly name: string;
  /** Undefined where only its name is known. */
  readonly contract: WorkflowContract | undefined;
}

/** Which workflow of which module runs. */
export interface RunningWorkflow {
  /** @throws {TypeError} for what is no workflow of the module. */
  readonly nameOf: (workflow: unknown) => NamedWorkflow;
  readonly module: string;
  readonly name: string;
  readonly contract: WorkflowContract;
  /** Whether the response was sent. */
  responded: boolean;
}

/** Checks what is sent at once, as the caller will get it. */
export function checkAtOnce(
  running: RunningWorkflow,
  schema: StandardSchemaV1 | undefined,
  json: string,
  direction: "response" | "reply" | "state",
  messageType?: string,
): void {
  if (schema === undefined) return;
  const result = validateJson(schema, fromJson(json));
  if (result instanceof Promise) {
    const way =
      direction === "response"
        ? "return the response from the workflow instead"
        : "use one that does not";
    throw new TypeError(
      `the ${direction}'s schema takes its time to check, which the call can't wait for: ${way}`,
    );
  }
  refuse(running, result.issues, direction, messageType);
}

/** @throws {ContractError} where a value does not keep to its schema. */
export async function checked(
  workflow: Pick<RunningWorkflow, "module" | "name">,
  schema: StandardSchemaV1 | undefined,
  value: unknown,
  direction: ContractDirection,
  messageType?: string,
): Promise<unknown> {
  if (schema === undefined) return value;
  const result = await validateJson(schema, value);
  refuse(workflow, result.issues, direction, messageType);
  return "value" in result ? result.value : undefined;
}

function refuse(
  workflow: Pick<RunningWorkflow, "module" | "name">,
  issues: readonly StandardSchemaV1.Issue[] | undefined,
  direction: ContractDirection,
  messageType?: string,
): void {
  if (issues === undefined) return;
  throw new ContractError({
    contract: workflow.module,
    workflow: workflow.name,
    direction,
    messageType,
    issues: contractIssues(issues),
  });
}
