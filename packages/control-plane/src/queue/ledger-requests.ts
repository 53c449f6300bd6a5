import type { JobProgress, JobStatus, WorkerType } from "./types.ts";

/** What a publisher gives. Times are milliseconds since the Unix epoch. */
export interface Publication {
  /** JSON text. */
  readonly payload: string;
  readonly workerTypes: readonly WorkerType[];
  readonly requestId: string;
  readonly now: number;
}

/** Who claims. */
export interface Claim {
  /** A registered worker; null: somebody without a name. */
  readonly workerId: string | null;
  /** Null: that of the worker, or any. */
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
  /** Jobs of nobody registered that have not changed since. */
  readonly unowned: number;
  readonly maxRetries: number;
  readonly now: number;
}
