/** A workflow's call of an activity that was run for the environment, with its attempts. */
export interface TestActivity {
  /** Counts the environment's calls from 1, in the order in which they were first run. */
  readonly number: number;
  readonly name: string;
  readonly queue: string;
  /** What the workflow passed, before any schema. */
  readonly input: unknown;
  readonly workflowId: string;
  /** The same for all attempts. */
  readonly idempotencyKey: string;
  /** Those that were run, in order. After a crash, one number may come twice. */
  readonly attempts: readonly TestActivityAttempt[];
}

/** One time that an activity was run. */
export interface TestActivityAttempt {
  /** Counts from 1, as the activity is told. */
  readonly attempt: number;
  /** The environment's time, in milliseconds since the Unix epoch. */
  readonly at: number;
  /** `ended`: the server no longer wanted it, because it took too long, was cancelled, or its worker was lost. */
  readonly outcome: "running" | "completed" | "failed" | "ended";
  /** What it gave; undefined without that. */
  readonly value?: unknown;
  /** What it threw; undefined without that. */
  readonly error?: { readonly name: string; readonly message: string };
}
