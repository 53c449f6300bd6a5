import type { QueueEvents } from "../queue/queue-events.ts";
import { hasEnded } from "../queue/job-moves.ts";
import type { Queue } from "../queue/queue.ts";
import type { Job, JobCounts, WorkerStatus, WorkerView } from "../queue/types.ts";
import { type JobSummary, summarize } from "./job-summary.ts";

/** What the dashboard shows of the queue and the workers. */
export interface Snapshot {
  readonly counts: JobCounts;
  /** Running jobs first, then the newest of the others. */
  readonly jobs: readonly JobSummary[];
  readonly workers: readonly WorkerView[];
  readonly workerCounts: Readonly<Record<WorkerStatus, number>>;
}

/** How much the dashboard shows. */
export interface SnapshotLimits {
  /** The max number of running jobs, for each of the two states. Default 25. */
  readonly running: number;
  /** The max number of newest jobs, and of jobs with the latest news. Default 25 each. */
  readonly recent: number;
  /** Default 100. */
  readonly workers: number;
}

/** The defaults of {@link SnapshotLimits}. */
export const defaultSnapshotLimits: SnapshotLimits = { running: 25, recent: 25, workers: 100 };

const statusOrder: readonly WorkerStatus[] = ["online", "draining", "offline"];

/** Takes snapshots of a queue. It remembers which jobs have the latest news, because the store doesn't. */
export class SnapshotReader {
  readonly #queue: Queue;
  readonly #limits: SnapshotLimits;
  readonly #shared: boolean;
  readonly #heardOf = new Map<string, JobSummary>();

  /** @param shared whether other nodes change jobs, too, without events on this node */
  constructor(
    queue: Queue,
    events: QueueEvents,
    limits: SnapshotLimits = defaultSnapshotLimits,
    shared = false,
  ) {
    this.#queue = queue;
    this.#limits = limits;
    this.#shared = shared;
    for (const name of ["moved", "progress", "returned"] as const) {
      events.on(name, (job) => this.#remember(job));
    }
    // It may have replaced another one.
    events.on("published", ({ id }) => void this.#heardOf.delete(id));
  }

  /** @throws ControlPlaneError `STORE_UNAVAILABLE` */
  async read(): Promise<Snapshot> {
    const { running, recent, workers: maxWorkers } = this.#limits;
    if (this.#shared) await this.#hearAgain();
    const [counts, inProgress, claimed, newest, workers] = await Promise.all([
      this.#queue.counts(),
      this.#queue.jobs({ status: "InProgress", limit: running }),
      this.#queue.jobs({ status: "Claimed", limit: running }),
      this.#queue.newestJobs(recent),
      this.#queue.workers(),
    ]);
    const stored = [...inProgress, ...claimed, ...newest].map(summarize);
    const jobs = new Map([...this.#heardOf.values(), ...stored].map((job) => [job.id, job]));
    return {
      counts,
      jobs: [...jobs.values()].toSorted(
        (one, other) =>
          Number(isRunning(other)) - Number(isRunning(one)) || other.sequence - one.sequence,
      ),
      workers: workers.toSorted(byStatusAndId).slice(0, maxWorkers),
      workerCounts: countByStatus(workers),
    };
  }

  /** Another node may have changed jobs that haven't ended. */
  async #hearAgain(): Promise<void> {
    for (const { id, status } of [...this.#heardOf.values()]) {
      if (hasEnded({ status })) continue;
      const job = await this.#queue.find(id);
      if (job === null) this.#heardOf.delete(id);
      else if (this.#heardOf.has(id)) this.#heardOf.set(id, summarize(job));
    }
  }

  #remember(job: Job): void {
    this.#heardOf.delete(job.id);
    this.#heardOf.set(job.id, summarize(job));
    const [oldest] = this.#heardOf.keys();
    if (oldest !== undefined && this.#heardOf.size > this.#limits.recent) {
      this.#heardOf.delete(oldest);
    }
  }
}

function isRunning({ status }: JobSummary): boolean {
  return status === "Claimed" || status === "InProgress";
}

function byStatusAndId(one: WorkerView, other: WorkerView): number {
  const order = statusOrder.indexOf(one.status) - statusOrder.indexOf(other.status);
  return order === 0 ? (one.id < other.id ? -1 : 1) : order;
}

function countByStatus(workers: readonly WorkerView[]): Record<WorkerStatus, number> {
  const counts: Record<WorkerStatus, number> = { online: 0, draining: 0, offline: 0 };
  for (const { status } of workers) {
    counts[status] += 1;
  }
  return counts;
}
