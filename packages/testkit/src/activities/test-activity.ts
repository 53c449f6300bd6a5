/** A workflow's call of an activity that was run in the environment, with its attempts. */
export interface TestActivity {
  /** Counts the environment's calls from 1, in the order in which they were first run. */
  readonly number: number;
  readonly name: string;
  readonly queue: string;
  /** The workflow's input, before any schema. */
  readonly input: unknown;
  readonly workflowId: string;
  /** The same for all attempts. */
  readonly idempotencyKey: string;
  /** The attempts that ran, in order. After a crash, a number may occur twice. */
  readonly attempts: readonly TestActivityAttempt[];
}

/** One run of an activity. */
export interface TestActivityAttempt {
  /** Counts from 1, as the activity sees it. */
  readonly attempt: number;
  /** The environment's time, in milliseconds since the Unix epoch. */
  readonly at: number;
  /** `ended`: the server no longer wanted it, because it took too long, was cancelled, or its worker was lost. */
  readonly outcome: "running" | "completed" | "failed" | "ended";
  /** Its result; undefined if there is none. */
  readonly value?: unknown;
  /** The error that it threw; undefined if there is none. */
  readonly error?: { readonly name: string; readonly message: string };
}
