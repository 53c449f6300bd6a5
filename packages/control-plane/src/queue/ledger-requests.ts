import type { JobProgress, JobStatus, WorkerType } from "./types.ts";

/** What a publisher gives. Times are milliseconds since the Unix epoch. */
export interface Publication {
  /** JSON text. */
  readonly payload: string;
  readonly workerTypes: readonly WorkerType[];
  readonly requestId: string;
  readonly now: number;
}

/** What a publisher gives who leaves the id to the queue. */
export interface NumberedPublication extends Publication {
  /** The least number. */
  readonly from: number;
  /** Whether the number becomes the payload's `id`; then the payload is a JSON object without one. */
  readonly numberInPayload: boolean;
}

/** Who claims. */
export interface Claim {
  /** A worker, which need not be registered; null: somebody without a name. */
  readonly workerId: string | null;
  /** Null: that of the worker where it is registered, else any. */
  readonly workerType: WorkerType | null;
  readonly nodeId: string;
  readonly now: number;
}

/** A new state for a job. */
export interface StatusChange {
  readonly id: string;
  readonly status: JobStatus;
  /** Why it failed. */
  readonly error: string | null;
  readonly nodeId: string;
  readonly now: number;
}

/** A report of a crawl. */
export interface ProgressReport {
  readonly id: string;
  readonly status: JobProgress["status"];
  readonly url: string;
  readonly urlsLeft: number;
  readonly nodeId: string;
  readonly now: number;
}

/** A worker that registers. */
export interface Registration {
  readonly id: string;
  readonly type: WorkerType;
  readonly name: string;
  readonly cpuCores: number | null;
  readonly memoryMb: number | null;
  /** JSON text. */
  readonly metadata: string;
  readonly maxRetries: number;
  /** How many workers may be known. */
  readonly maxWorkers: number;
  readonly now: number;
}

/** Which workers and jobs count as lost. */
export interface LostBefore {
  /** Workers whose last heartbeat is older. */
  readonly heartbeat: number;
  /** Workers that are gone, and whose last heartbeat is older: they are forgotten. */
  readonly forgotten: number;
  /** Jobs that were claimed, and not begun since. */
  readonly unbegun: number;
  /** Jobs that nobody registered has, and that have not changed since. */
  readonly unowned: number;
  readonly maxRetries: number;
  readonly now: number;
}
