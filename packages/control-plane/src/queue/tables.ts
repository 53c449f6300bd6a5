import type { Job, JobCounts, JobFilter, Worker, WorkerType } from "./types.ts";

/** Where the ledger keeps what it knows. All of it happens within the transaction of one call of the ledger. */
export interface Tables {
  job(id: string): Job | undefined;
  /** Adds a job at the end of the queue. */
  addJob(job: Omit<Job, "sequence">): Job;
  /** Puts a job in the place of that with its id, at the end of the queue. */
  replaceJob(job: Omit<Job, "sequence">): Job;
  saveJob(job: Job): void;
  /** A number that was not given before, from `least` on. */
  nextJobNumber(least: number): number;
  /** @param type the claiming worker's; null: any job will do */
  oldestPending(type: WorkerType | null): Job | undefined;
  /** The jobs that were handed out to a worker and have not ended. */
  activeJobs(workerId: string): readonly Job[];
  /** Jobs that were handed out and have not ended, that nobody registered has, and that have not changed since. */
  unownedJobs(unchangedSince: number, limit: number): readonly Job[];
  /** Jobs that were handed out, and not begun since. */
  unbegunJobs(claimedBefore: number, limit: number): readonly Job[];
  jobs(filter: JobFilter): readonly Job[];
  /** The jobs that were published last, newest first. */
  newestJobs(limit: number): readonly Job[];
  counts(): JobCounts;
  worker(id: string): Worker | undefined;
  saveWorker(worker: Worker): void;
  removeWorker(id: string): void;
  /** In the order of their registration. */
  workers(): readonly Worker[];
  countWorkers(): number;
  countActiveJobs(workerId: string): number;
}
