import type { JobProgress, JobStatus, WorkerType } from "./types.ts";

/** A publisher's request. Times are milliseconds since the Unix epoch. */
export interface Publication {
  /** JSON text. */
  readonly payload: string;
  readonly workerTypes: readonly WorkerType[];
  readonly requestId: string;
  readonly now: number;
}

/** The request of a publisher that lets the queue choose the id. */
export interface NumberedPublication extends Publication {
  /** The lowest number to use. */
  readonly from: number;
  /** Whether to add the number to the payload as `id`; then the payload is a JSON object without one. */
  readonly numberInPayload: boolean;
}

/** A claim. */
export interface Claim {
  /** The worker, which may be unregistered; null for a caller without a name. */
  readonly workerId: string | null;
  /** Null for that of the registered worker, otherwise any. */
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

/** A crawl's report. */
export interface ProgressReport {
  readonly id: string;
  readonly status: JobProgress["status"];
  readonly url: string;
  readonly urlsLeft: number;
  readonly nodeId: string;
  readonly now: number;
}

/** A worker's registration. */
export interface Registration {
  readonly id: string;
  readonly type: WorkerType;
  readonly name: string;
  readonly cpuCores: number | null;
  readonly memoryMb: number | null;
  /** JSON text. */
  readonly metadata: string;
  readonly maxRetries: number;
  /** The max number of known workers. */
  readonly maxWorkers: number;
  readonly now: number;
}

/** Which workers and jobs count as lost. */
export interface LostBefore {
  /** Workers with an older last heartbeat are lost. */
  readonly heartbeat: number;
  /** Lost workers with an older last heartbeat are forgotten. */
  readonly forgotten: number;
  /** Jobs claimed earlier and not started since are lost. */
  readonly unbegun: number;
  /** Jobs of unregistered workers that haven't changed since are lost. */
  readonly unowned: number;
  readonly maxRetries: number;
  readonly now: number;
}
