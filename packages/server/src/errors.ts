import { FlawlessError } from "@flawless-ts/wasm-module";

/** The stable codes of the errors that the engine gives; the REST API sends them as `flawless-error-code`. */
export type EngineErrorCode =
  | "INVALID_REQUEST"
  | "MODULE_REFUSED"
  | "MODULE_NOT_FOUND"
  | "MODULE_CONFLICT"
  | "WORKFLOW_NOT_FOUND"
  | "WORKER_NOT_FOUND"
  | "SCHEDULE_NOT_FOUND"
  | "SCHEDULE_EXISTS"
  | "WORKFLOW_ENDED"
  | "WORKFLOW_RUNNING"
  | "WORKFLOW_FAILED"
  | "WORKFLOW_CANCELLED"
  | "IDEMPOTENCY_CONFLICT"
  | "REPLAY_MISMATCH"
  | "LIMIT_REACHED"
  | "JOURNAL_UNAVAILABLE"
  | "JOURNAL_DAMAGED"
  | "DIRECTORY_IN_USE"
  | "DIRECTORY_UNUSABLE"
  | "NO_OWNER"
  | "CLOSED";

/** An error of the engine; `code` tells which. */
export class EngineError extends FlawlessError {
  readonly code: EngineErrorCode;
  /** The public id of the workflow that this is about, where there is one. */
  readonly workflowId: string | undefined;

  constructor(
    code: EngineErrorCode,
    message: string,
    options?: { readonly cause?: unknown; readonly workflowId?: string },
  ) {
    super(message, options);
    this.code = code;
    this.workflowId = options?.workflowId;
  }

  override get _tag(): "EngineError" {
    return "EngineError";
  }
}
