import { FlawlessError } from "@flawless-ts/wasm-module";

/** Stable codes of the engine's errors; the REST API sends them as `flawless-error-code`. */
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

/** An error of the engine; `code` says which. */
export class EngineError extends FlawlessError {
  readonly code: EngineErrorCode;
  /** The public id of the affected workflow, if there is one. */
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
