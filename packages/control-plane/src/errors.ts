import { FlawlessError } from "@flawless-ts/wasm-module";
import type { RefusalCode } from "./queue/outcome.ts";

/** The stable codes of the errors that the control plane gives; the API sends them as `code`. */
export type ControlPlaneErrorCode =
  | RefusalCode
  | "INVALID_REQUEST"
  /** A body that can be read, but has another shape than the route takes. */
  | "INVALID_BODY"
  | "WORKER_NOT_FOUND"
  | "BLOB_NOT_FOUND"
  | "BLOB_TOO_LARGE"
  | "NOT_SUPPORTED"
  /** There is a node of that name already. */
  | "NODE_CONFLICT"
  /** What is asked for can't be done now, and nothing was changed. */
  | "STORE_UNAVAILABLE"
  /** The connection to the database broke before it answered: nobody knows whether the request was carried out. */
  | "STORE_ANSWER_LOST"
  /** A newer program has made the tables. */
  | "STORE_TOO_NEW"
  | "STORE_DAMAGED"
  | "DIRECTORY_IN_USE"
  | "DIRECTORY_UNUSABLE";

/** An error of the control plane; `code` tells which. */
export class ControlPlaneError extends FlawlessError {
  readonly code: ControlPlaneErrorCode;

  constructor(
    code: ControlPlaneErrorCode,
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
    this.code = code;
  }

  override get _tag(): "ControlPlaneError" {
    return "ControlPlaneError";
  }
}
