import { FlawlessError } from "@flawless-ts/wasm-module";
import type { RefusalCode } from "./queue/outcome.ts";

/** Stable codes of the control plane's errors; the API sends them as `code`. */
export type ControlPlaneErrorCode =
  | RefusalCode
  | "INVALID_REQUEST"
  /** The body is readable, but doesn't have the shape that the route expects. */
  | "INVALID_BODY"
  | "WORKER_NOT_FOUND"
  | "BLOB_NOT_FOUND"
  | "BLOB_TOO_LARGE"
  | "NOT_SUPPORTED"
  /** Another node already has that name. */
  | "NODE_CONFLICT"
  /** The request can't be carried out now, and nothing was changed. */
  | "STORE_UNAVAILABLE"
  /** The connection to the database broke before it responded, so it is unknown whether the request was carried out. */
  | "STORE_ANSWER_LOST"
  /** The tables were created by a newer program. */
  | "STORE_TOO_NEW"
  | "STORE_DAMAGED"
  | "DIRECTORY_IN_USE"
  | "DIRECTORY_UNUSABLE";

/** An error of the control plane; `code` says which. */
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
