import { EngineError, type EngineErrorCode } from "../../errors.ts";
import { ExtensionError } from "./extension-answer.ts";

/** The same status codes as in the REST API. */
const statusCodes: Partial<Record<EngineErrorCode, number>> = {
  INVALID_REQUEST: 400,
  MODULE_NOT_FOUND: 404,
  WORKFLOW_NOT_FOUND: 404,
  WORKFLOW_ENDED: 409,
  IDEMPOTENCY_CONFLICT: 409,
  LIMIT_REACHED: 429,
};

/** What a guest is told about an engine error; undefined if the guest did not cause it. */
export function toExtensionError(error: unknown): ExtensionError | undefined {
  if (error instanceof ExtensionError) {
    return error;
  }
  const status = error instanceof EngineError ? statusCodes[error.code] : undefined;
  return error instanceof EngineError && status !== undefined
    ? new ExtensionError(status, error.code, error.message)
    : undefined;
}
