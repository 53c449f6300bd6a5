import { EngineError } from "../errors.ts";
import type { StoredWorkflowFilter } from "../store/workflow-store.ts";
import type { WorkflowFilter } from "./types.ts";
import { fromPublicId } from "../workflow/workflow-id.ts";

const defaultPage = 100;
const maxPageSize = 1_000;

/** @throws EngineError `INVALID_REQUEST` where the text is no JSON */
export function assertJson(what: string, text: string): void {
  try {
    JSON.parse(text);
  } catch (error) {
    const reason = (error as Error).message;
    throw new EngineError("INVALID_REQUEST", `the ${what} is not JSON: ${reason}`, {
      cause: error,
    });
  }
}

/** @throws EngineError `INVALID_REQUEST` where the text is too long, or can't be written as UTF-8 */
export function assertText(what: string, text: string, limit: number): void {
  if (text.length > limit) {
    throw new EngineError(
      "INVALID_REQUEST",
      `the ${what} has ${text.length} characters; at most ${limit} are allowed`,
    );
  }
  if (!text.isWellFormed()) {
    throw new EngineError(
      "INVALID_REQUEST",
      `the ${what} is no Unicode text: it has half a surrogate pair`,
    );
  }
}

/** @throws EngineError `INVALID_REQUEST` */
export function toFilter(filter: WorkflowFilter): StoredWorkflowFilter {
  const { limit = defaultPage, cursor, status, module, version, workflow } = filter;
  if (!Number.isInteger(limit) || limit < 1 || limit > maxPageSize) {
    throw new EngineError(
      "INVALID_REQUEST",
      `expected a limit from 1 to ${maxPageSize}, not ${limit}`,
    );
  }
  const below = cursor === undefined ? undefined : fromPublicId(cursor);
  if (cursor !== undefined && below === undefined) {
    throw new EngineError(
      "INVALID_REQUEST",
      `${JSON.stringify(cursor)} is not a cursor of a page before`,
    );
  }
  return { status, module, version, workflow, below, limit };
}

/** @throws EngineError `WORKFLOW_NOT_FOUND` where it is no id */
export function toWorkflowNumber(id: string): number {
  const number = fromPublicId(id);
  if (number === undefined) {
    throw new EngineError(
      "WORKFLOW_NOT_FOUND",
      `there is no workflow ${JSON.stringify(id.slice(0, 100))}`,
    );
  }
  return number;
}
