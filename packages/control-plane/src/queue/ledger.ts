import { claimed, givenBack, hasEnded, isWaitingAgain, moved, reported } from "./job-moves.ts";
import { type Outcome, refuse } from "./outcome.ts";
import type {
  Claim,
  LostBefore,
  NumberedPublication,
  ProgressReport,
  Publication,
  Registration,
  StatusChange,
} from "./ledger-requests.ts";
import { samePayload } from "./same-payload.ts";
import type { Tables } from "./tables.ts";
import type { Job, JobCounts, JobFilter, Worker, WorkerView } from "./types.ts";

const maxJobsAtOnce = 1_000;

/**
 * The rules of the queue and of the worker registry. Each method is one transaction, and its outcome depends only on the tables
 * and its arguments, so that a replicated store could run the same calls on every machine.
 */
export class Ledger {
  readonly #tables: Tables;

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  /**
   * The same id with the same payload changes nothing.
   *
   * @param replaces whether the same id with another payload replaces the job. Default false. Never while somebody may be working
   * on it: their report would end the new job, which nobody has done.
   */
  publish(
    id: string,
    publication: Publication,
    replaces = false,
  ): Outcome<{ readonly job: Job; readonly added: boolean }> {
    const known = this.#tables.job(id);
    if (known === undefined) {
      return { ok: { job: this.#tables.addJob(newJob(id, publication)), added: true } };
    }
    if (samePayload(known.payload, publication.payload)) {
      return { ok: { job: known, added: false } };
    }
    if (!replaces) {
      return refuse(
        "JOB_CONFLICT",
        `The job ${id} already exists with another payload. Publish this one under another id.`,
      );
    }
    if (known.claims > 0 && !hasEnded(known)) {
      return refuse(
        "JOB_CONFLICT",
        `The job ${id} was handed out with another payload and has not ended. Publish this one under another id, or wait for its end.`,
      );
    }
    // Workers tell the two apart by the second of their publication.
    const now = Math.max(publication.now, (Math.floor(known.createdAt / 1_000) + 1) * 1_000);
    const job = this.#tables.replaceJob(newJob(id, { ...publication, now }));
    return { ok: { job, added: true } };
  }

  /** Publishes under the next free id `job-N`. */
  publishNext({ from, numberInPayload, ...publication }: NumberedPublication): Job {
    let number: number;
    do {
      number = this.#tables.nextJobNumber(from);
    } while (this.#tables.job(`job-${number}`) !== undefined);
    const { payload } = publication;
    const rest = payload.slice(1);
    return this.#tables.addJob(
      newJob(`job-${number}`, {
        ...publication,
        payload: numberInPayload ? `{"id":${number}${rest === "}" ? "" : ","}${rest}` : payload,
      }),
    );
  }

  /** Hands out the oldest suitable job; null if there is none. */
  claim({ workerId, workerType, nodeId, now }: Claim): Job | null {
    const worker = workerId === null ? undefined : this.#tables.worker(workerId);
    if (worker?.status === "draining") {
      return null;
    }
    const job = this.#tables.oldestPending(workerType ?? worker?.type ?? null);
    if (job === undefined) {
      return null;
    }
    if (worker?.status === "offline") {
      // A claim counts as a heartbeat.
      this.#tables.saveWorker({ ...worker, status: "online", lastHeartbeat: now });
    }
    return this.#save(claimed(job, workerId ?? nodeId, workerId, now));
  }

  /** Final states never change; setting the same one again has no effect. */
  setStatus(change: StatusChange): Outcome<{ readonly job: Job; readonly changed: boolean }> {
    const job = this.#tables.job(change.id);
    if (job === undefined) {
      return refuse("JOB_NOT_FOUND", `There is no job ${change.id}.`);
    }
    if (job.status === change.status) {
      return { ok: { job, changed: false } };
    }
    if (hasEnded(job)) {
      return refuse(
        "JOB_ENDED",
        `The job ${job.id} is ${job.status}, which is final, and can't become ${change.status}.`,
      );
    }
    if (isWaitingAgain(job) && (change.status === "Claimed" || change.status === "InProgress")) {
      return refuse(
        "JOB_TAKEN_BACK",
        `The job ${job.id} was taken back from its worker and is waiting for another claim.`,
      );
    }
    return { ok: { job: this.#end(job, moved(job, change)), changed: true } };
  }

  /**
   * Stores a crawl's report and updates its job: to InProgress, to Completed on the first `Done`, or to Failed.
   *
   * @returns null if there is no such job
   */
  report(report: ProgressReport): Job | null {
    const job = this.#tables.job(report.id);
    return job === undefined ? null : this.#end(job, reported(job, report));
  }

  /** A worker that registers again has restarted: its earlier jobs return to the queue. */
  register(
    registration: Registration,
  ): Outcome<{ readonly worker: WorkerView; readonly returned: readonly Job[] }> {
    const { id, type, name, cpuCores, memoryMb, metadata, maxRetries, maxWorkers, now } =
      registration;
    const known = this.#tables.worker(id);
    if (
      known === undefined &&
      this.#tables.countWorkers() >= maxWorkers &&
      !this.#forgetOneThatIsGone()
    ) {
      return refuse(
        "LIMIT_REACHED",
        `There are already ${maxWorkers} workers, which is the limit.`,
      );
    }
    const returned = this.#giveBack(id, `The worker ${id} restarted.`, maxRetries, now);
    const worker: Worker = {
      id,
      type,
      status: "online",
      name,
      registeredAt: now,
      lastHeartbeat: now,
      cpuCores,
      memoryMb,
      metadata,
      jobsCompleted: known?.jobsCompleted ?? 0,
    };
    this.#tables.saveWorker(worker);
    return { ok: { worker: { ...worker, activeJobs: 0 }, returned } };
  }

  /** @returns null if there is no such worker */
  heartbeat(
    id: string,
    capacity: { readonly cpuCores: number | null; readonly memoryMb: number | null },
    now: number,
  ): WorkerView | null {
    const worker = this.#tables.worker(id);
    if (worker === undefined) {
      return null;
    }
    const next: Worker = {
      ...worker,
      status: worker.status === "offline" ? "online" : worker.status,
      lastHeartbeat: now,
      cpuCores: capacity.cpuCores ?? worker.cpuCores,
      memoryMb: capacity.memoryMb ?? worker.memoryMb,
    };
    this.#tables.saveWorker(next);
    return this.#view(next);
  }

  /**
   * The worker gets no more jobs, and its current ones return to the queue.
   *
   * @returns `worker` is null if there is no such worker
   */
  drain(
    id: string,
    maxRetries: number,
    now: number,
  ): { readonly worker: WorkerView | null; readonly returned: readonly Job[] } {
    const worker = this.#tables.worker(id);
    const returned = this.#giveBack(id, `The worker ${id} was drained.`, maxRetries, now);
    if (worker === undefined) {
      return { worker: null, returned };
    }
    const next: Worker = { ...worker, status: "draining" };
    this.#tables.saveWorker(next);
    return { worker: { ...next, activeJobs: 0 }, returned };
  }

  /** Takes back the jobs of lost workers, and those that unregistered workers neglect. */
  returnLost({ heartbeat, forgotten, unbegun, unowned, maxRetries, now }: LostBefore): {
    readonly workers: readonly WorkerView[];
    readonly returned: readonly Job[];
  } {
    const workers: WorkerView[] = [];
    const returned: Job[] = [];
    for (const worker of this.#tables.workers()) {
      if (worker.status === "offline" && worker.lastHeartbeat <= forgotten) {
        this.#tables.removeWorker(worker.id);
      }
      if (worker.status === "offline" || worker.lastHeartbeat > heartbeat) {
        continue;
      }
      const next: Worker = { ...worker, status: "offline" };
      this.#tables.saveWorker(next);
      workers.push({ ...next, activeJobs: 0 });
      const reason = `The worker ${worker.id} stopped sending heartbeats.`;
      returned.push(...this.#giveBack(worker.id, reason, maxRetries, now));
    }
    const takeBack = (jobs: readonly Job[], reason: string): void => {
      returned.push(...jobs.map((job) => this.#save(givenBack(job, reason, maxRetries, now))));
    };
    // The response to a claim may have been lost, although its worker is alive.
    takeBack(
      this.#tables.unbegunJobs(unbegun, maxJobsAtOnce),
      "The job was claimed, but not started in time.",
    );
    takeBack(
      this.#tables.unownedJobs(unowned, maxJobsAtOnce),
      "The job had no update for too long.",
    );
    return { workers, returned };
  }

  job(id: string): Job | undefined {
    return this.#tables.job(id);
  }

  jobs(filter: JobFilter): readonly Job[] {
    return this.#tables.jobs(filter);
  }

  newestJobs(limit: number): readonly Job[] {
    return this.#tables.newestJobs(limit);
  }

  counts(): JobCounts {
    return this.#tables.counts();
  }

  worker(id: string): WorkerView | undefined {
    const worker = this.#tables.worker(id);
    return worker === undefined ? undefined : this.#view(worker);
  }

  workers(): readonly WorkerView[] {
    return this.#tables.workers().map((worker) => this.#view(worker));
  }

  #save(job: Job): Job {
    this.#tables.saveJob(job);
    return job;
  }

  /** Saves a changed job, and counts it for its worker if it is now completed. */
  #end(before: Job, after: Job): Job {
    const worker =
      after.status === "Completed" && before.status !== "Completed" && before.workerId !== null
        ? this.#tables.worker(before.workerId)
        : undefined;
    if (worker !== undefined) {
      this.#tables.saveWorker({ ...worker, jobsCompleted: worker.jobsCompleted + 1 });
    }
    return this.#save(after);
  }

  /** @returns whether there was one */
  #forgetOneThatIsGone(): boolean {
    const [gone] = this.#tables
      .workers()
      .filter(({ status }) => status === "offline")
      .toSorted((one, other) => one.lastHeartbeat - other.lastHeartbeat);
    if (gone !== undefined) {
      this.#tables.removeWorker(gone.id);
    }
    return gone !== undefined;
  }

  #giveBack(workerId: string, reason: string, maxRetries: number, now: number): readonly Job[] {
    return this.#tables
      .activeJobs(workerId)
      .map((job) => this.#save(givenBack(job, reason, maxRetries, now)));
  }

  #view(worker: Worker): WorkerView {
    return { ...worker, activeJobs: this.#tables.countActiveJobs(worker.id) };
  }
}

function newJob(
  id: string,
  { payload, workerTypes, requestId, now }: Publication,
): Omit<Job, "sequence"> {
  return {
    id,
    status: "Pending",
    payload,
    workerTypes,
    requestId,
    claimedBy: null,
    completedBy: null,
    workerId: null,
    createdAt: now,
    updatedAt: now,
    startedAt: null,
    error: null,
    retries: 0,
    claims: 0,
    progress: null,
  };
}
