import type { StandardSchemaV1 } from "@standard-schema/spec";
import { type ContractDirection, ContractError } from "@flawless-ts/wasm-module";
import { contractIssues, validateJson } from "@flawless-ts/wasm-module/internal/guest";
import type { CheckedWorkflow } from "../running-workflow.ts";
import { shared } from "../shared.ts";

/**
 * Checks a value right before it is sent, in the form that the caller will get. @throws {ContractError} if it violates
 * its schema.
 */
export function checkAtOnce(
  workflow: CheckedWorkflow,
  schema: StandardSchemaV1 | undefined,
  json: string,
  direction: "response" | "reply" | "state",
  messageType?: string,
): void {
  if (schema === undefined) return;
  const result = validateJson(schema, shared.fromJson(json));
  if (result instanceof Promise) {
    const way =
      direction === "response"
        ? "return the response from the workflow instead"
        : "use one that does not";
    throw new TypeError(
      `the ${direction}'s schema takes its time to check, which the call can't wait for: ${way}`,
    );
  }
  if (result.issues !== undefined) refuse(workflow, result.issues, direction, messageType);
}

/** Reports what is wrong with a value. @throws {ContractError} always. */
export function refuse(
  workflow: CheckedWorkflow,
  issues: readonly StandardSchemaV1.Issue[],
  direction: ContractDirection,
  messageType?: string,
): never {
  throw new ContractError({
    contract: workflow.module,
    workflow: workflow.name,
    direction,
    messageType,
    issues: contractIssues(issues),
  });
}
