import { EngineError } from "../errors.ts";
import type { StoredWorkflow } from "../store/workflow-store.ts";
import { type Labels, problemOfLabels } from "../workflow/labels.ts";
import { fromPublicId } from "../workflow/workflow-id.ts";

/** @throws EngineError `INVALID_REQUEST` if the text is not JSON */
export function assertJson(what: string, text: string): void {
  try {
    JSON.parse(text);
  } catch (error) {
    const reason = (error as Error).message;
    throw new EngineError("INVALID_REQUEST", `The ${what} is not JSON: ${reason}`, {
      cause: error,
    });
  }
}

/** @throws EngineError `INVALID_REQUEST` if the text is too long, or can't be written as UTF-8 */
export function assertText(what: string, text: string, limit: number): void {
  if (text.length > limit) {
    throw new EngineError(
      "INVALID_REQUEST",
      `The ${what} has ${text.length} characters, but at most ${limit} are allowed.`,
    );
  }
  if (!text.isWellFormed()) {
    throw new EngineError(
      "INVALID_REQUEST",
      `The ${what} is not Unicode text: it has half a surrogate pair.`,
    );
  }
}

/** @throws EngineError `INVALID_REQUEST` for labels that a caller can't set */
export function assertLabels(labels: Labels): void {
  const problem = problemOfLabels(labels);
  if (problem !== undefined) {
    throw new EngineError("INVALID_REQUEST", problem);
  }
}

/** @throws EngineError `WORKFLOW_NOT_FOUND` if no workflow was started with the key */
export function assertFound(key: string, workflow: StoredWorkflow | undefined): StoredWorkflow {
  if (workflow === undefined) {
    const shown = JSON.stringify(key.slice(0, 100));
    throw new EngineError(
      "WORKFLOW_NOT_FOUND",
      `There is no workflow with the idempotency key ${shown}.`,
    );
  }
  return workflow;
}

/** @throws EngineError `WORKFLOW_NOT_FOUND` if it is not an id */
export function toWorkflowNumber(id: string): number {
  const number = fromPublicId(id);
  if (number === undefined) {
    throw new EngineError(
      "WORKFLOW_NOT_FOUND",
      `There is no workflow ${JSON.stringify(id.slice(0, 100))}.`,
    );
  }
  return number;
}
