/** The states of a job, as the mvm-ci API writes them. `Completed` and `Failed` are never left. */
export type JobStatus = "Pending" | "Claimed" | "InProgress" | "Completed" | "Failed";

/** All states of a job, in the order in which it goes through them. */
export const jobStatuses: readonly JobStatus[] = [
  "Pending",
  "Claimed",
  "InProgress",
  "Completed",
  "Failed",
];

/** What runs jobs: a Flawless server (`wasm`), or a microVM (`firecracker`). */
export type WorkerType = "wasm" | "firecracker";

/** @see WorkerType */
export const workerTypes: readonly WorkerType[] = ["wasm", "firecracker"];

/** What a crawl reported last. */
export interface JobProgress {
  readonly status: ProgressStatus;
  readonly url: string;
  readonly urlsLeft: number;
  /** How many reports there were, this one included. */
  readonly reports: number;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}

/** The stages that a crawl reports. */
export type ProgressStatus = "Request" | "Parse" | "Done" | "Error";

/** A job of the queue. Times are milliseconds since the Unix epoch; the API rounds them down to seconds. */
export interface Job {
  /** The jobs' order: a job that was published earlier has a lower one. */
  readonly sequence: number;
  readonly id: string;
  readonly status: JobStatus;
  /** JSON text. */
  readonly payload: string;
  /** The types of workers that may have it; none: any. */
  readonly workerTypes: readonly WorkerType[];
  /** The id of the request that published it, to find it again in logs. */
  readonly requestId: string;
  /** The worker that has it, or the node that handed it out to a caller without a name. */
  readonly claimedBy: string | null;
  readonly completedBy: string | null;
  /** The registered worker that has it. */
  readonly workerId: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly startedAt: number | null;
  /** Why it failed. */
  readonly error: string | null;
  /** How often it went back to the queue because its worker was lost or drained. */
  readonly retries: number;
  /** How often it was handed out. */
  readonly claims: number;
  readonly progress: JobProgress | null;
}

/** How a worker is: `draining` gets no more jobs, `offline` was not heard of for too long. */
export type WorkerStatus = "online" | "draining" | "offline";

/** A registered worker. Times are milliseconds since the Unix epoch. */
export interface Worker {
  readonly id: string;
  readonly type: WorkerType;
  readonly status: WorkerStatus;
  /** What it called itself. */
  readonly name: string;
  readonly registeredAt: number;
  readonly lastHeartbeat: number;
  readonly cpuCores: number | null;
  readonly memoryMb: number | null;
  /** JSON text. */
  readonly metadata: string;
  readonly jobsCompleted: number;
}

/** A worker, and how many jobs it has now. */
export interface WorkerView extends Worker {
  readonly activeJobs: number;
}

/** How many jobs are in each state. */
export type JobCounts = Readonly<Record<JobStatus, number>>;

/** Which jobs to list, oldest first. */
export interface JobFilter {
  readonly status?: JobStatus | undefined;
  /** Only those with a higher sequence. */
  readonly after?: number | undefined;
  readonly limit: number;
}
