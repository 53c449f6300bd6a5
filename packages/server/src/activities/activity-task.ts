import type { ActivityFailureReport } from "@flawless-ts/sdk/internal";
import type { SentPolicy } from "@flawless-ts/wasm-module/internal";

/** An activity that a workflow called. */
export interface ActivityTask {
  /** The same after a restart, and no other call has it: the key that activities hand to other services. */
  readonly key: string;
  /** The workflow's id. */
  readonly workflow: string;
  readonly queue: string;
  readonly name: string;
  /** JSON text. */
  readonly input: string;
  /** What the call asks for. What it leaves out, the activity's definition says, else the defaults. */
  readonly policy: SentPolicy;
  /** When the call was made, in milliseconds since the Unix epoch. */
  readonly scheduledAt: number;
  /** Whether the call was made before a restart: then a worker may have the task already. */
  readonly restored: boolean;
  /** What `progress` was last given before a restart; null for a new call. */
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

/** Who hears of a task. */
export interface ActivityListener {
  /**
   * What has to be known after a restart.
   * @returns settled when it would survive a crash
   */
  progress(line: string): Promise<void>;
  /** The task is over. Called once at most, and never after `abort`. */
  done(outcome: ActivityOutcome): void;
}

/** A task that is under way. */
export interface OpenActivity {
  /** The attempt that runs, or comes next, from 1 on. */
  readonly attempt: number;
  /** Ends the task without an outcome; whoever runs it learns of it with its next sign of life. */
  abort(): void;
}

/** Where workflows' activities are waiting for workers. */
export interface ActivityTasks {
  open(task: ActivityTask, listener: ActivityListener): OpenActivity;
}
