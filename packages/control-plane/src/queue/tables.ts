import type { Job, JobCounts, JobFilter, Worker, WorkerType } from "./types.ts";

/** The ledger's tables. Each call runs within the transaction of one ledger call. */
export interface Tables {
  job(id: string): Job | undefined;
  /** Adds a job at the end of the queue. */
  addJob(job: Omit<Job, "sequence">): Job;
  /** Replaces the job with the same id, at the end of the queue. */
  replaceJob(job: Omit<Job, "sequence">): Job;
  saveJob(job: Job): void;
  /** An unused number of at least `least`. */
  nextJobNumber(least: number): number;
  /** @param type the claiming worker's type; null for any job */
  oldestPending(type: WorkerType | null): Job | undefined;
  /** A worker's jobs that have not ended. */
  activeJobs(workerId: string): readonly Job[];
  /** Unfinished jobs of unregistered workers that haven't changed since. */
  unownedJobs(unchangedSince: number, limit: number): readonly Job[];
  /** Jobs claimed before then and not started. */
  unbegunJobs(claimedBefore: number, limit: number): readonly Job[];
  jobs(filter: JobFilter): readonly Job[];
  /** The most recently published jobs, newest first. */
  newestJobs(limit: number): readonly Job[];
  counts(): JobCounts;
  worker(id: string): Worker | undefined;
  saveWorker(worker: Worker): void;
  removeWorker(id: string): void;
  /** In order of registration. */
  workers(): readonly Worker[];
  countWorkers(): number;
  countActiveJobs(workerId: string): number;
}
