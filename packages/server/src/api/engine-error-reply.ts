import { errorReply, type ErrorReply, retrySoon } from "@flawless-ts/http-service";
import { FlawlessError } from "@flawless-ts/wasm-module";
import type { EngineErrorCode } from "../errors.ts";

/** Engine codes that are missing here are failures of the server itself: status 500 without details. */
const engineStatuses: Readonly<Partial<Record<EngineErrorCode, number>>> = {
  INVALID_REQUEST: 400,
  MODULE_NOT_FOUND: 404,
  WORKFLOW_NOT_FOUND: 404,
  WORKER_NOT_FOUND: 404,
  SCHEDULE_NOT_FOUND: 404,
  MODULE_CONFLICT: 409,
  IDEMPOTENCY_CONFLICT: 409,
  SCHEDULE_EXISTS: 409,
  REPLAY_MISMATCH: 409,
  WORKFLOW_ENDED: 409,
  WORKFLOW_RUNNING: 409,
  WORKFLOW_CANCELLED: 409,
  MODULE_REFUSED: 422,
  WORKFLOW_FAILED: 422,
  LIMIT_REACHED: 429,
  JOURNAL_UNAVAILABLE: 503,
  NO_OWNER: 503,
  CLOSED: 503,
};

/** The HTTP status of such an error; undefined for a failure of the server itself, status 500. */
export function statusOfEngineError(code: EngineErrorCode): number | undefined {
  return engineStatuses[code];
}

/** The header of an error response with the id of the workflow that was started nevertheless. */
export const workflowIdHeader = "flawless-workflow-id";

/** The API's response to an engine error. The public clients read `error`; the headers are this server's addition. */
export function explainEngineError(error: unknown): ErrorReply | undefined {
  if (!FlawlessError.is(error) || error._tag !== "EngineError") {
    return undefined;
  }
  const status = statusOfEngineError(error.code as EngineErrorCode);
  if (status === undefined) {
    return undefined;
  }
  const retry = status === 429 || status === 503;
  const headers = { ...(retry ? retrySoon : {}), ...workflowIdOf(error) };
  return errorReply(status, error.code, error.message, headers);
}

/** The id of the workflow that was started before the request failed. */
function workflowIdOf(error: object): Readonly<Record<string, string>> {
  return "workflowId" in error && typeof error.workflowId === "string"
    ? { [workflowIdHeader]: error.workflowId }
    : {};
}
