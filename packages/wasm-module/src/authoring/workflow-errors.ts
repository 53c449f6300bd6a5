import { FlawlessError } from "../errors.ts";

/**
 * The workflow was asked to cancel. Whatever it waits for, now or later, ends with this error, except within
 * `context.uncancellable`. A workflow that doesn't catch it gets the status `cancelled`.
 */
export class CancelledError extends FlawlessError {
  override readonly code = "FLAWLESS_CANCELLED" as const;

  /** @param reason the reason given with the request; undefined if none. */
  constructor(reason?: string) {
    super(`The workflow was asked to cancel${reason === undefined ? "." : `: ${reason}`}`);
  }

  override get _tag(): "CancelledError" {
    return "CancelledError";
  }
}

/** How an activity finally failed. */
export interface ActivityFailure {
  /** The activity's name. */
  readonly activity: string;
  /** See {@link ActivityError.reason}. */
  readonly reason: string;
  /** The number of attempts. */
  readonly attempts: number;
  /** The `details` of the application's error; undefined if it had none. */
  readonly details: unknown;
  /** What the last attempt threw, as an error with its name, message and stack; undefined if it threw nothing. */
  readonly cause?: unknown;
}

/** An activity failed in all its attempts. `cause` is what the last one threw. */
export class ActivityError extends FlawlessError {
  override readonly code = "FLAWLESS_ACTIVITY_FAILED" as const;
  /** The activity's name. */
  readonly activity: string;
  /**
   * Why the server gave up: `FAILED`, the last attempt threw; `INTERRUPTED`, it is unknown whether an `atMostOnce`
   * activity ran; and others, such as for timeouts.
   */
  readonly reason: string;
  /** The number of attempts. */
  readonly attempts: number;
  /** The `details` of the application's error; undefined if it had none. */
  readonly details: unknown;

  constructor(message: string, failure: ActivityFailure) {
    super(
      `The activity "${failure.activity}" failed (${failure.reason}): ${message}`,
      failure.cause === undefined ? undefined : { cause: failure.cause },
    );
    this.activity = failure.activity;
    this.reason = failure.reason;
    this.attempts = failure.attempts;
    this.details = failure.details;
  }

  override get _tag(): "ActivityError" {
    return "ActivityError";
  }
}

/** The awaited workflow failed (see `cause`) or was cancelled. */
export class ChildWorkflowError extends FlawlessError {
  override readonly code = "FLAWLESS_CHILD_WORKFLOW_FAILED" as const;
  readonly workflowId: string;
  readonly status: "failed" | "cancelled";

  constructor(workflowId: string, status: "failed" | "cancelled", cause?: Error) {
    const why = cause === undefined ? "" : `: ${cause.message}`;
    super(
      `The workflow ${workflowId} ${status === "failed" ? "failed" : "was cancelled"}${why}`,
      cause === undefined ? undefined : { cause },
    );
    this.workflowId = workflowId;
    this.status = status;
  }

  override get _tag(): "ChildWorkflowError" {
    return "ChildWorkflowError";
  }
}

/** The server refused a request that a workflow made beyond the ABI. */
export class HostExtensionError extends FlawlessError {
  override readonly code = "FLAWLESS_HOST_EXTENSION_REFUSED" as const;
  /** The request, such as `send`. */
  readonly extension: string;
  /** The server's code, such as `WORKFLOW_NOT_FOUND`. */
  readonly reason: string;

  constructor(extension: string, reason: string, message: string) {
    super(`The server refused "${extension}" (${reason}): ${message}`);
    this.extension = extension;
    this.reason = reason;
  }

  override get _tag(): "HostExtensionError" {
    return "HostExtensionError";
  }
}
