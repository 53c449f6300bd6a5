import { FlawlessError } from "@flawless-ts/wasm-module";

/** The stable codes of the errors that the engine gives; the REST API sends them as `code`. */
export type EngineErrorCode =
  | "INVALID_REQUEST"
  | "MODULE_REFUSED"
  | "MODULE_NOT_FOUND"
  | "MODULE_CONFLICT"
  | "WORKFLOW_NOT_FOUND"
  | "WORKFLOW_ENDED"
  | "WORKFLOW_FAILED"
  | "WORKFLOW_CANCELLED"
  | "IDEMPOTENCY_CONFLICT"
  | "LIMIT_REACHED"
  | "JOURNAL_UNAVAILABLE"
  | "JOURNAL_DAMAGED"
  | "DIRECTORY_IN_USE"
  | "DIRECTORY_UNUSABLE"
  | "CLOSED";

/** An error of the engine; `code` tells which. */
export class EngineError extends FlawlessError {
  readonly _tag: string = "EngineError";
  readonly code: EngineErrorCode;

  constructor(code: EngineErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
