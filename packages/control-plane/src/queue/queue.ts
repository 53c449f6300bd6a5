import { ControlPlaneError } from "../errors.ts";
import type { Clock } from "../clock.ts";
import type { Store } from "../store/store.ts";
import type { ProgressReport, Registration } from "./ledger-requests.ts";
import type { Outcome } from "./outcome.ts";
import type { QueueEvents } from "./queue-events.ts";
import type { Job, JobCounts, JobFilter, JobStatus, WorkerType, WorkerView } from "./types.ts";

/** When workers and jobs count as lost, and how many workers there may be. */
export interface QueueRules {
  /** How often to hand out a job again after its worker was lost or drained. Default 3. */
  readonly maxRetries: number;
  /** How long after its last heartbeat a worker counts as lost, in milliseconds. Default 90,000. */
  readonly workerTimeoutMs: number;
  /**
   * How long a job may stay Claimed before it is InProgress, in milliseconds, because the response to a claim may have been
   * lost. Default 90,000.
   */
  readonly claimTimeoutMs: number;
  /**
   * How long a job of an unregistered worker may stay unchanged before it is taken back, in milliseconds. In the first form of
   * the API no worker is registered. Default 3,600,000.
   */
  readonly unownedTimeoutMs: number;
  /** How long after its last heartbeat a worker is forgotten, in milliseconds. Default 86,400,000: a day. */
  readonly forgetWorkerMs: number;
  /** The max number of known workers; lost ones make room for new ones. Default 10,000. */
  readonly maxWorkers: number;
}

/** The defaults of {@link QueueRules}. */
export const defaultRules: QueueRules = {
  maxRetries: 3,
  workerTimeoutMs: 90_000,
  claimTimeoutMs: 90_000,
  unownedTimeoutMs: 3_600_000,
  forgetWorkerMs: 86_400_000,
  maxWorkers: 10_000,
};

/** The parts of a queue. */
export interface QueueParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly events: QueueEvents;
  readonly nodeId: string;
  readonly rules: QueueRules;
}

/** A job to publish. */
export interface NewJob {
  /** JSON text, as `writeJson` writes it. */
  readonly payload: string;
  readonly workerTypes: readonly WorkerType[];
  readonly requestId: string;
}

/** A job to publish with an id chosen by the queue. */
export interface NewNumberedJob extends NewJob {
  /** The lowest number to use. Default 1. */
  readonly from?: number;
  /** Whether to add the number to the payload as `id`; then the payload is an object without one. Default false. */
  readonly numberInPayload?: boolean;
}

/** Why a state change is invalid. */
const unfit: readonly string[] = ["JOB_NOT_FOUND", "JOB_ENDED", "JOB_TAKEN_BACK"];

/**
 * The job queue and the worker registry: the ledger in a store, with a clock and events. Everything it acknowledges is
 * durable. Every method may throw a `ControlPlaneError`; its `code` says why.
 */
export class Queue {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #events: QueueEvents;
  readonly #nodeId: string;
  readonly #rules: QueueRules;
  #reachableSince: number;

  constructor({ store, clock, events, nodeId, rules }: QueueParts) {
    this.#store = store;
    this.#clock = clock;
    this.#events = events;
    this.#nodeId = nodeId;
    this.#rules = rules;
    this.#reachableSince = clock.now();
  }

  /**
   * @param replaces whether to replace a job with that id and another payload. Default false.
   * @throws ControlPlaneError `JOB_CONFLICT` if it isn't replaced, or can't be because somebody may be working on it
   */
  async publish(id: string, job: NewJob, replaces = false): Promise<Job> {
    const now = this.#clock.now();
    const outcome = accepted(await this.#store.write("publish", id, { ...job, now }, replaces));
    if (outcome.added) {
      this.#events.emit("published", outcome.job);
    }
    return outcome.job;
  }

  /** Publishes under the next free id `job-N`. */
  async publishNext(job: NewNumberedJob): Promise<Job> {
    const { from = 1, numberInPayload = false } = job;
    const now = this.#clock.now();
    const numbered = { ...job, from, numberInPayload, now };
    const published = await this.#store.write("publishNext", numbered);
    this.#events.emit("published", published);
    return published;
  }

  /**
   * @param workerId may be unregistered; then the job is taken back if it has no update for long.
   * @param workerType the type of jobs to claim. Default: the worker's type, or any.
   * @returns null if there is no job
   */
  async claim(workerId: string | null, workerType: WorkerType | null): Promise<Job | null> {
    const claim = { workerId, workerType, nodeId: this.#nodeId, now: this.#clock.now() };
    const job = await this.#store.write("claim", claim);
    if (job !== null) {
      this.#events.emit("moved", job);
    }
    return job;
  }

  /**
   * @throws ControlPlaneError `JOB_NOT_FOUND`, `JOB_ENDED`, `JOB_TAKEN_BACK`
   */
  async setStatus(id: string, status: JobStatus, error: string | null): Promise<Job> {
    const change = { id, status, error, nodeId: this.#nodeId, now: this.#clock.now() };
    const { job, changed } = accepted(await this.#store.write("setStatus", change));
    if (changed) {
      this.#events.emit("moved", job);
    }
    return job;
  }

  /**
   * Like {@link setStatus}, but ignores an invalid change.
   *
   * @returns the current job; null if there is no such job
   */
  async offerStatus(id: string, status: JobStatus, error: string | null): Promise<Job | null> {
    try {
      return await this.setStatus(id, status, error);
    } catch (refusal) {
      if (refusal instanceof ControlPlaneError && unfit.includes(refusal.code)) {
        return await this.find(id);
      }
      throw refusal;
    }
  }

  /**
   * @returns null if there is no such job
   */
  async report(report: Omit<ProgressReport, "nodeId" | "now">): Promise<Job | null> {
    const job = await this.#store.write("report", {
      ...report,
      nodeId: this.#nodeId,
      now: this.#clock.now(),
    });
    if (job !== null) {
      this.#events.emit("progress", job);
    }
    return job;
  }

  /** @throws ControlPlaneError `LIMIT_REACHED` */
  async register(
    worker: Omit<Registration, "maxRetries" | "maxWorkers" | "now">,
  ): Promise<WorkerView> {
    const { maxRetries, maxWorkers } = this.#rules;
    const registration = { ...worker, maxRetries, maxWorkers, now: this.#clock.now() };
    const outcome = accepted(await this.#store.write("register", registration));
    this.#tellReturned(outcome.returned);
    this.#events.emit("worker", outcome.worker);
    return outcome.worker;
  }

  /** @returns null if there is no such worker */
  async heartbeat(
    id: string,
    capacity: { readonly cpuCores: number | null; readonly memoryMb: number | null },
  ): Promise<WorkerView | null> {
    const worker = await this.#store.write("heartbeat", id, capacity, this.#clock.now());
    if (worker !== null) {
      this.#events.emit("worker", worker);
    }
    return worker;
  }

  /** @returns null if there is no such worker; its jobs return to the queue anyway */
  async drain(id: string): Promise<WorkerView | null> {
    const { maxRetries } = this.#rules;
    const now = this.#clock.now();
    const { worker, returned } = await this.#store.write("drain", id, maxRetries, now);
    this.#tellReturned(returned);
    if (worker !== null) {
      this.#events.emit("worker", worker);
    }
    return worker;
  }

  /** Reports that until now this node, or its store, was unreachable. */
  wasAway(): void {
    this.#reachableSince = this.#clock.now();
  }

  /**
   * Takes back the jobs of lost workers. Time in which this node was unreachable doesn't count.
   *
   * @returns the newly lost workers, and the jobs taken back
   */
  async returnLost(): Promise<{
    readonly workers: readonly WorkerView[];
    readonly returned: readonly Job[];
  }> {
    const now = this.#clock.now();
    const { maxRetries, workerTimeoutMs, claimTimeoutMs, unownedTimeoutMs, forgetWorkerMs } =
      this.#rules;
    const before = (timeoutMs: number): number =>
      now - this.#reachableSince >= timeoutMs ? now - timeoutMs : Number.MIN_SAFE_INTEGER;
    const lost = await this.#store.write("returnLost", {
      heartbeat: before(workerTimeoutMs),
      forgotten: now - forgetWorkerMs,
      unbegun: before(claimTimeoutMs),
      unowned: before(unownedTimeoutMs),
      maxRetries,
      now,
    });
    for (const worker of lost.workers) {
      this.#events.emit("worker", worker);
    }
    this.#tellReturned(lost.returned);
    return lost;
  }

  /** @throws ControlPlaneError `JOB_NOT_FOUND` */
  async job(id: string): Promise<Job> {
    const job = await this.#store.read("job", id);
    if (job === undefined) {
      throw new ControlPlaneError("JOB_NOT_FOUND", `There is no job ${id}.`);
    }
    return job;
  }

  /** @returns null if there is no such job */
  async find(id: string): Promise<Job | null> {
    return (await this.#store.read("job", id)) ?? null;
  }

  /** One page of jobs, oldest first. */
  async jobs(filter: JobFilter): Promise<readonly Job[]> {
    return this.#store.read("jobs", filter);
  }

  /** The most recently published jobs, newest first. */
  async newestJobs(limit: number): Promise<readonly Job[]> {
    return this.#store.read("newestJobs", limit);
  }

  async counts(): Promise<JobCounts> {
    return this.#store.read("counts");
  }

  /** @throws ControlPlaneError `WORKER_NOT_FOUND` */
  async worker(id: string): Promise<WorkerView> {
    const worker = await this.#store.read("worker", id);
    if (worker === undefined) {
      throw new ControlPlaneError("WORKER_NOT_FOUND", `There is no worker ${id}.`);
    }
    return worker;
  }

  async workers(): Promise<readonly WorkerView[]> {
    return this.#store.read("workers");
  }

  #tellReturned(jobs: readonly Job[]): void {
    for (const job of jobs) {
      this.#events.emit("returned", job);
    }
  }
}

function accepted<T>(outcome: Outcome<T>): T {
  if ("refused" in outcome) {
    throw new ControlPlaneError(outcome.refused.code, outcome.refused.message);
  }
  return outcome.ok;
}
