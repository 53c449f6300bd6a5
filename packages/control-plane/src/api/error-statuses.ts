import { errorReply, type ErrorReply, retrySoon } from "@flawless-ts/http-service";
import { FlawlessError } from "@flawless-ts/wasm-module";
import type { ControlPlaneErrorCode } from "../errors.ts";

/** Codes that are missing here are failures of the server itself: status 500 without details. */
const statuses: Readonly<Partial<Record<ControlPlaneErrorCode, number>>> = {
  INVALID_REQUEST: 400,
  JOB_NOT_FOUND: 404,
  WORKER_NOT_FOUND: 404,
  BLOB_NOT_FOUND: 404,
  JOB_CONFLICT: 409,
  JOB_ENDED: 409,
  JOB_TAKEN_BACK: 409,
  BLOB_TOO_LARGE: 413,
  INVALID_BODY: 422,
  LIMIT_REACHED: 429,
  NOT_SUPPORTED: 501,
  STORE_ANSWER_LOST: 502,
  STORE_UNAVAILABLE: 503,
};

/** The API's response to an error of the control plane. */
export function explainControlPlaneError(error: unknown): ErrorReply | undefined {
  if (!FlawlessError.is(error) || error._tag !== "ControlPlaneError") {
    return undefined;
  }
  const status = statuses[error.code as ControlPlaneErrorCode];
  if (status === undefined) {
    return undefined;
  }
  const retry = status === 429 || status === 503;
  return errorReply(status, error.code, error.message, retry ? retrySoon : {});
}
