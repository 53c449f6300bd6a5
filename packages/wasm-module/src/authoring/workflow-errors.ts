import { FlawlessError } from "../errors.ts";

/**
 * The workflow was asked to cancel: what it waited for ends with this error, and so does whatever it would wait for next,
 * outside of `context.uncancellable`. A workflow that lets it pass has the status cancelled.
 */
export class CancelledError extends FlawlessError {
  override readonly code = "FLAWLESS_CANCELLED" as const;

  /** @param reason what the one who asked said; undefined where that was nothing. */
  constructor(reason?: string) {
    super(`The workflow was asked to cancel${reason === undefined ? "." : `: ${reason}`}`);
  }

  override get _tag(): "CancelledError" {
    return "CancelledError";
  }
}

/** How an activity failed in the end. */
export interface ActivityFailure {
  /** The activity's name. */
  readonly activity: string;
  /** See {@link ActivityError.reason}. */
  readonly reason: string;
  /** How often it was tried. */
  readonly attempts: number;
  /** What the application's error had in `details`; undefined where that was nothing. */
  readonly details: unknown;
  /** What the activity threw at last, as an error with its name, message and stack; undefined where it threw nothing. */
  readonly cause?: unknown;
}

/** An activity did not succeed, however often it was tried. `cause` is what it threw at last. */
export class ActivityError extends FlawlessError {
  override readonly code = "FLAWLESS_ACTIVITY_FAILED" as const;
  /** The activity's name. */
  readonly activity: string;
  /**
   * Why it was given up, as the server says it: `FAILED`, it threw for the last time; `INTERRUPTED`, nobody knows whether an
   * `atMostOnce` activity ran; and others, such as those of time-outs.
   */
  readonly reason: string;
  /** How often it was tried. */
  readonly attempts: number;
  /** What the application's error had in `details`; undefined where that was nothing. */
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

/** A workflow whose result was waited for failed (`cause` tells why) or was cancelled. */
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

/** The server refused what a workflow asked of it beyond the ABI. */
export class HostExtensionError extends FlawlessError {
  override readonly code = "FLAWLESS_HOST_EXTENSION_REFUSED" as const;
  /** What was asked for, such as `send`. */
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
