import { hasEnded } from "./job-moves.ts";
import type { Tables } from "./tables.ts";
import type { Job, JobCounts, JobFilter, JobStatus, Worker, WorkerType } from "./types.ts";

/** Tables in memory, for tests. */
export class MemoryTables implements Tables {
  readonly #jobs = new Map<string, Job>();
  readonly #workers = new Map<string, Worker>();
  #lastSequence = 0;
  #lastNumber = -1;

  job(id: string): Job | undefined {
    return this.#jobs.get(id);
  }

  addJob(job: Omit<Job, "sequence">): Job {
    this.#lastSequence += 1;
    const added = { ...job, sequence: this.#lastSequence };
    this.#jobs.set(added.id, added);
    return added;
  }

  replaceJob(job: Omit<Job, "sequence">): Job {
    this.#jobs.delete(job.id);
    return this.addJob(job);
  }

  saveJob(job: Job): void {
    this.#jobs.set(job.id, job);
  }

  nextJobNumber(least: number): number {
    this.#lastNumber = Math.max(this.#lastNumber + 1, least);
    return this.#lastNumber;
  }

  oldestPending(type: WorkerType | null): Job | undefined {
    return this.#find(
      ({ status, workerTypes }) =>
        status === "Pending" &&
        (type === null || workerTypes.length === 0 || workerTypes.includes(type)),
    )[0];
  }

  activeJobs(workerId: string): readonly Job[] {
    return this.#find((job) => job.workerId === workerId && isActive(job));
  }

  unownedJobs(unchangedSince: number, limit: number): readonly Job[] {
    return this.#find(
      (job) =>
        (job.workerId === null || !this.#workers.has(job.workerId)) &&
        isActive(job) &&
        job.updatedAt <= unchangedSince,
    ).slice(0, limit);
  }

  unbegunJobs(claimedBefore: number, limit: number): readonly Job[] {
    return this.#find(
      ({ status, updatedAt }) => status === "Claimed" && updatedAt <= claimedBefore,
    ).slice(0, limit);
  }

  jobs({ status, after = 0, limit }: JobFilter): readonly Job[] {
    return this.#find(
      (job) => job.sequence > after && (status === undefined || job.status === status),
    ).slice(0, limit);
  }

  newestJobs(limit: number): readonly Job[] {
    return [...this.#jobs.values()].slice(-limit).toReversed();
  }

  counts(): JobCounts {
    const counts: Record<JobStatus, number> = {
      Pending: 0,
      Claimed: 0,
      InProgress: 0,
      Completed: 0,
      Failed: 0,
    };
    for (const { status } of this.#jobs.values()) {
      counts[status] += 1;
    }
    return counts;
  }

  worker(id: string): Worker | undefined {
    return this.#workers.get(id);
  }

  saveWorker(worker: Worker): void {
    this.#workers.set(worker.id, worker);
  }

  removeWorker(id: string): void {
    this.#workers.delete(id);
  }

  workers(): readonly Worker[] {
    return [...this.#workers.values()];
  }

  countWorkers(): number {
    return this.#workers.size;
  }

  countActiveJobs(workerId: string): number {
    return this.activeJobs(workerId).length;
  }

  /** A map keeps the insertion order of its keys, which is the order of the sequence. */
  #find(matches: (job: Job) => boolean): readonly Job[] {
    return this.#jobs.values().filter(matches).toArray();
  }
}

function isActive(job: Job): boolean {
  return job.status !== "Pending" && !hasEnded(job);
}
