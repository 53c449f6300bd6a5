import type { Tables } from "../../queue/tables.ts";
import type { Job, JobCounts, JobFilter, Worker, WorkerType } from "../../queue/types.ts";
import { accepts, isActive } from "./postgres-rows.ts";

/** What a call needs and the batch has not loaded yet. */
export type Wanted =
  | { readonly kind: "job"; readonly id: string }
  | { readonly kind: "worker"; readonly id: string }
  | { readonly kind: "pending"; readonly type: WorkerType | null }
  | { readonly kind: "active"; readonly workerId: string }
  | { readonly kind: "active-count"; readonly workerId: string }
  | { readonly kind: "unowned"; readonly before: number; readonly limit: number }
  | { readonly kind: "unbegun"; readonly before: number; readonly limit: number }
  | { readonly kind: "sequences" | "last-number" | "worker-count" | "some-workers" };

/** Thrown to the caller, which loads what is missing and runs the call again. */
export class NotLoaded extends Error {
  readonly wanted: Wanted;

  constructor(wanted: Wanted) {
    super(`not loaded: ${wanted.kind}`);
    this.wanted = wanted;
  }
}

/** A row before and after the batch. `null` if there is none. */
interface Entry<T> {
  readonly before: T | null;
  now: T | null;
}

/**
 * The tables as the calls of one batch see them: rows that were loaded and locked, with the changes by the calls. The
 * ledger reads rows as if they were in memory; a missing row is loaded, and the call runs again.
 */
export class BatchTables implements Tables {
  readonly jobEntries: Map<string, Entry<Job>> = new Map();
  readonly workerEntries: Map<string, Entry<Worker>> = new Map();
  /** Sequence numbers for new jobs. */
  readonly sequences: number[] = [];
  /** Pending jobs in order, by the worker type that they were loaded for, and whether these were all. */
  readonly pending: Map<WorkerType | null, { ids: readonly string[]; complete: boolean }> =
    new Map();
  /** Workers whose active jobs have been loaded. */
  readonly activeOf: Set<string> = new Set();
  /** The number of active jobs of workers before this batch. */
  readonly activeCounts: Map<string, number> = new Map();
  lastNumber: { readonly before: number; now: number } | null = null;
  workerCount: number | null = null;
  /** The workers that the current call may concern. */
  someWorkers: readonly string[] | null = null;
  unowned: readonly string[] | null = null;
  unbegun: readonly string[] | null = null;
  readonly #undo: (() => void)[] = [];

  /** Runs a call; if it throws, its changes are undone. */
  run<T>(call: () => T): T {
    this.#undo.length = 0;
    try {
      return call();
    } catch (error) {
      for (const step of this.#undo.toReversed()) step();
      throw error;
    }
  }

  job(id: string): Job | undefined {
    return this.#entry(this.jobEntries, id, { kind: "job", id }).now ?? undefined;
  }

  addJob(job: Omit<Job, "sequence">): Job {
    const sequence = this.sequences.shift();
    if (sequence === undefined) throw new NotLoaded({ kind: "sequences" });
    this.#undo.push(() => this.sequences.unshift(sequence));
    const added = { ...job, sequence };
    this.#set(this.jobEntries, job.id, added);
    return added;
  }

  replaceJob(job: Omit<Job, "sequence">): Job {
    return this.addJob(job);
  }

  saveJob(job: Job): void {
    this.#set(this.jobEntries, job.id, job);
  }

  nextJobNumber(least: number): number {
    const number = this.lastNumber;
    if (number === null) throw new NotLoaded({ kind: "last-number" });
    const before = number.now;
    this.#undo.push(() => void (number.now = before));
    number.now = Math.max(number.now + 1, least);
    return number.now;
  }

  oldestPending(type: WorkerType | null): Job | undefined {
    const loaded = this.pending.get(type);
    if (loaded === undefined) throw new NotLoaded({ kind: "pending", type });
    const first = loaded.ids
      .map((id) => this.jobEntries.get(id)?.now)
      .find((job) => job?.status === "Pending");
    if (first) return first;
    if (!loaded.complete) throw new NotLoaded({ kind: "pending", type });
    // Jobs that this batch itself has published or returned.
    return this.#jobs(
      (job) => job.status === "Pending" && (type === null || accepts(job, type)),
    )[0];
  }

  activeJobs(workerId: string): readonly Job[] {
    if (!this.activeOf.has(workerId)) throw new NotLoaded({ kind: "active", workerId });
    return this.#jobs((job) => job.workerId === workerId && isActive(job));
  }

  unownedJobs(unchangedSince: number, limit: number): readonly Job[] {
    if (this.unowned === null)
      throw new NotLoaded({ kind: "unowned", before: unchangedSince, limit });
    return this.#still(this.unowned, (job) => isActive(job) && job.updatedAt <= unchangedSince);
  }

  unbegunJobs(claimedBefore: number, limit: number): readonly Job[] {
    if (this.unbegun === null)
      throw new NotLoaded({ kind: "unbegun", before: claimedBefore, limit });
    return this.#still(
      this.unbegun,
      (job) => job.status === "Claimed" && job.updatedAt <= claimedBefore,
    );
  }

  worker(id: string): Worker | undefined {
    return this.#entry(this.workerEntries, id, { kind: "worker", id }).now ?? undefined;
  }

  saveWorker(worker: Worker): void {
    this.#set(this.workerEntries, worker.id, worker);
  }

  removeWorker(id: string): void {
    this.#set(this.workerEntries, id, null);
  }

  workers(): readonly Worker[] {
    if (this.someWorkers === null) throw new NotLoaded({ kind: "some-workers" });
    return this.someWorkers.flatMap((id) => this.workerEntries.get(id)?.now ?? []);
  }

  countWorkers(): number {
    if (this.workerCount === null) throw new NotLoaded({ kind: "worker-count" });
    const changes = [...this.workerEntries.values()].map(
      ({ before, now }) => Number(now !== null) - Number(before !== null),
    );
    return changes.reduce((sum, change) => sum + change, this.workerCount);
  }

  countActiveJobs(workerId: string): number {
    const before = this.activeCounts.get(workerId);
    if (before === undefined) throw new NotLoaded({ kind: "active-count", workerId });
    const has = (job: Job | null): number =>
      Number(job !== null && job.workerId === workerId && isActive(job));
    let count = before;
    for (const entry of this.jobEntries.values()) count += has(entry.now) - has(entry.before);
    return count;
  }

  // Reads go directly to the database, outside of batches.
  jobs(_filter: JobFilter): readonly Job[] {
    throw new Error("not asked within a batch");
  }

  newestJobs(_limit: number): readonly Job[] {
    throw new Error("not asked within a batch");
  }

  counts(): JobCounts {
    throw new Error("not asked within a batch");
  }

  /** Adds a loaded job, unless it is here already. */
  admitJob(job: Job): void {
    if (!this.jobEntries.has(job.id)) this.jobEntries.set(job.id, { before: job, now: job });
  }

  /** Adds a loaded worker, unless it is here already. */
  admitWorker(worker: Worker): void {
    if (!this.workerEntries.has(worker.id)) {
      this.workerEntries.set(worker.id, { before: worker, now: worker });
    }
  }

  /** Records that there is no such worker, unless it was loaded. */
  admitNoWorker(id: string): void {
    if (!this.workerEntries.has(id)) this.workerEntries.set(id, { before: null, now: null });
  }

  #entry<T>(entries: Map<string, Entry<T>>, id: string, wanted: Wanted): Entry<T> {
    const entry = entries.get(id);
    if (entry === undefined) throw new NotLoaded(wanted);
    return entry;
  }

  #set<T>(entries: Map<string, Entry<T>>, id: string, value: T | null): void {
    const entry = entries.get(id);
    if (entry === undefined) {
      entries.set(id, { before: null, now: value });
      this.#undo.push(() => entries.delete(id));
      return;
    }
    const before = entry.now;
    entry.now = value;
    this.#undo.push(() => void (entry.now = before));
  }

  #jobs(fits: (job: Job) => boolean): readonly Job[] {
    return [...this.jobEntries.values()]
      .flatMap(({ now }) => (now !== null && fits(now) ? [now] : []))
      .toSorted((one, other) => one.sequence - other.sequence);
  }

  #still(ids: readonly string[], fits: (job: Job) => boolean): readonly Job[] {
    return ids.flatMap((id) => {
      const job = this.jobEntries.get(id)?.now ?? null;
      return job !== null && fits(job) ? [job] : [];
    });
  }
}
