import { FlawlessError } from "@flawless-ts/wasm-module";
import type { RefusalCode } from "./queue/outcome.ts";

/** The stable codes of the errors that the control plane gives; the API sends them as `code`. */
export type ControlPlaneErrorCode =
  | RefusalCode
  | "INVALID_REQUEST"
  | "BLOB_NOT_FOUND"
  | "BLOB_TOO_LARGE"
  | "NOT_SUPPORTED"
  | "STORE_UNAVAILABLE"
  | "STORE_DAMAGED"
  | "DIRECTORY_IN_USE"
  | "DIRECTORY_UNUSABLE";

/** An error of the control plane; `code` tells which. */
export class ControlPlaneError extends FlawlessError {
  readonly _tag: string = "ControlPlaneError";
  readonly code: ControlPlaneErrorCode;

  constructor(
    code: ControlPlaneErrorCode,
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
    this.code = code;
  }
}
