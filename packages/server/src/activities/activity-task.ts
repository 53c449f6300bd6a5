import type { ActivityFailureReport } from "@flawless-ts/sdk/internal";
import type { SentPolicy } from "@flawless-ts/wasm-module/internal";

/** An activity that a workflow called. */
export interface ActivityTask {
  /** Unique per call and the same after a restart: the key that activities pass to other services. */
  readonly key: string;
  /** The workflow's id. */
  readonly workflow: string;
  readonly queue: string;
  readonly name: string;
  /** JSON text. */
  readonly input: string;
  /** The call's options. The activity's definition, then the defaults, provide what it omits. */
  readonly policy: SentPolicy;
  /** When the call was made, in milliseconds since the Unix epoch. */
  readonly scheduledAt: number;
  /** Whether the call was made before a restart: then a worker may have the task already. */
  readonly restored: boolean;
  /** The last line passed to `progress` before a restart; null for a new call. */
  readonly progress: string | null;
}

/** Why an activity ended without a value. */
export type ActivityErrorCode =
  | "FAILED"
  | "SCHEDULE_TO_START_TIMEOUT"
  | "START_TO_CLOSE_TIMEOUT"
  | "SCHEDULE_TO_CLOSE_TIMEOUT"
  | "HEARTBEAT_TIMEOUT"
  | "WORKER_LOST"
  | "INTERRUPTED"
  | "RESULT_TOO_LARGE";

/** What went wrong with one attempt, or with the whole activity. */
export interface ActivityFault extends ActivityFailureReport {
  readonly code: ActivityErrorCode;
}

/** How an activity ended. */
export type ActivityOutcome =
  /** JSON text. */
  { readonly value: string } | { readonly error: ActivityFault; readonly attempts: number };

/** Is told how a task progresses. */
export interface ActivityListener {
  /**
   * Saves what must be known after a restart.
   * @returns resolved once it would survive a crash
   */
  progress(line: string): Promise<void>;
  /** Called when the task is over: at most once, and never after `abort`. */
  done(outcome: ActivityOutcome): void;
}

/** A task that is not over. */
export interface OpenActivity {
  /** The number of the current or next attempt, from 1 on. */
  readonly attempt: number;
  /** Ends the task without an outcome; its worker is told with the next heartbeat. */
  abort(): void;
}

/** Where workflows' activities wait for workers. */
export interface ActivityTasks {
  open(task: ActivityTask, listener: ActivityListener): OpenActivity;
}
