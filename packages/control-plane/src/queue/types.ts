/** The states of a job, as the mvm-ci API writes them. `Completed` and `Failed` are final. */
export type JobStatus = "Pending" | "Claimed" | "InProgress" | "Completed" | "Failed";

/** All states of a job, in order. */
export const jobStatuses: readonly JobStatus[] = [
  "Pending",
  "Claimed",
  "InProgress",
  "Completed",
  "Failed",
];

/** What runs jobs: a Flawless server (`wasm`) or a microVM (`firecracker`). */
export type WorkerType = "wasm" | "firecracker";

/** @see WorkerType */
export const workerTypes: readonly WorkerType[] = ["wasm", "firecracker"];

/** A crawl's latest report. */
export interface JobProgress {
  readonly status: ProgressStatus;
  readonly url: string;
  readonly urlsLeft: number;
  /** The number of reports, including this one. */
  readonly reports: number;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}

/** The stages of a crawl. */
export type ProgressStatus = "Request" | "Parse" | "Done" | "Error";

/** A job in the queue. Times are milliseconds since the Unix epoch; the API rounds them down to seconds. */
export interface Job {
  /** The position in the queue: jobs published earlier have lower ones. */
  readonly sequence: number;
  readonly id: string;
  readonly status: JobStatus;
  /** JSON text. */
  readonly payload: string;
  /** The types of workers that may run it; empty for any. */
  readonly workerTypes: readonly WorkerType[];
  /** The id of the request that published it, to find it again in logs. */
  readonly requestId: string;
  /** The worker that has it, or the node that handed it out to an unnamed caller. */
  readonly claimedBy: string | null;
  readonly completedBy: string | null;
  /** The registered worker that has it. */
  readonly workerId: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly startedAt: number | null;
  /** Why it failed. */
  readonly error: string | null;
  /** How often it returned to the queue because its worker was lost or drained. */
  readonly retries: number;
  /** How often it was handed out. */
  readonly claims: number;
  readonly progress: JobProgress | null;
}

/** The state of a worker: `draining` gets no more jobs, `offline` sent no heartbeat for too long. */
export type WorkerStatus = "online" | "draining" | "offline";

/** A registered worker. Times are milliseconds since the Unix epoch. */
export interface Worker {
  readonly id: string;
  readonly type: WorkerType;
  readonly status: WorkerStatus;
  /** The name it gave itself. */
  readonly name: string;
  readonly registeredAt: number;
  readonly lastHeartbeat: number;
  readonly cpuCores: number | null;
  readonly memoryMb: number | null;
  /** JSON text. */
  readonly metadata: string;
  readonly jobsCompleted: number;
}

/** A worker, and its current number of jobs. */
export interface WorkerView extends Worker {
  readonly activeJobs: number;
}

/** The number of jobs in each state. */
export type JobCounts = Readonly<Record<JobStatus, number>>;

/** Which jobs to list, oldest first. */
export interface JobFilter {
  readonly status?: JobStatus | undefined;
  /** Only jobs with a higher sequence number. */
  readonly after?: number | undefined;
  readonly limit: number;
}
