import { errorReply, type ErrorReply, retrySoon } from "@flawless-ts/http-service";
import { FlawlessError } from "@flawless-ts/wasm-module";
import type { EngineErrorCode } from "../errors.ts";

/** Codes of the engine that are missing here are the server's own failure: status 500 and no details. */
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

/** The HTTP status that the API answers such an error with; undefined: the server's own failure, status 500. */
export function statusOfEngineError(code: EngineErrorCode): number | undefined {
  return engineStatuses[code];
}

/** The header of a failure's answer that tells which workflow was started all the same. */
export const workflowIdHeader = "flawless-workflow-id";

/** How the API answers an error of the engine. The public clients read `error`; the headers are this server's addition. */
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

/** The workflow that was started before the request failed. */
function workflowIdOf(error: object): Readonly<Record<string, string>> {
  return "workflowId" in error && typeof error.workflowId === "string"
    ? { [workflowIdHeader]: error.workflowId }
    : {};
}
