import type { ActivityFailureReport, HandedOutActivity } from "@flawless-ts/sdk/internal";
import type { SentPolicy } from "@flawless-ts/wasm-module/internal";
import { type Clock, minStandstillMs } from "../time/clock.ts";
import type {
  ActivityFault,
  ActivityListener,
  ActivityOutcome,
  ActivityTask,
  OpenActivity,
} from "./activity-task.ts";
import { faultOf, isFinalFault, overdueFault } from "./faults.ts";
import { isLeaseOf, type LeaseNames } from "./lease.ts";
import { pauseAfter, resolvePolicy, type ResolvedPolicy } from "./resolved-policy.ts";
import { progressLine, readProgress } from "./task-progress.ts";
import { dueOf, type RunningAttempt, type TaskState } from "./task-state.ts";
import { DueTimer } from "./due-timer.ts";

/** How an attempt ended, for statistics. */
export type AttemptEnd = "completed" | "failed" | "timed-out" | "lost" | "handed-back";

/** What a task needs from its queue. */
export interface TaskOwner {
  readonly clock: Clock;
  /** How long a worker has a task without renewing its lease, in milliseconds. */
  readonly leaseMs: number;
  /** How long a task is reserved for a worker that may have it from before a restart, in milliseconds. */
  readonly adoptionMs: number;
  readonly leases: LeaseNames;
  /** The task now waits for a worker. */
  ready(task: OpenTask): void;
  /** The task no longer waits for a worker. */
  notReady(task: OpenTask): void;
  /** A worker now has the task, with this lease. */
  started(task: OpenTask, lease: string): void;
  /** @param milliseconds how long it took */
  attemptEnded(task: OpenTask, lease: string, end: AttemptEnd, milliseconds: number): void;
  over(task: OpenTask): void;
}

/** The pause before a retry if the journal could not be written. */
const saveAgainMs = 1_000;

/** Leads one activity through its attempts. */
export class OpenTask implements OpenActivity {
  readonly task: ActivityTask;
  readonly #owner: TaskOwner;
  readonly #listener: ActivityListener;
  #policy: ResolvedPolicy;
  #state: TaskState = { kind: "over" };
  #attempt = 1;
  #details: string | null = null;
  #lastFault: ActivityFault | null = null;
  /** Whether the journal says that it was handed out. */
  #isMarked = false;
  readonly #timer: DueTimer;

  constructor(task: ActivityTask, listener: ActivityListener, owner: TaskOwner) {
    this.task = task;
    this.#listener = listener;
    this.#owner = owner;
    this.#policy = resolvePolicy(task.policy);
    this.#timer = new DueTimer(owner.clock, (lateMs) => this.#timeCame(lateMs));
  }

  get attempt(): number {
    return this.#attempt;
  }

  get state(): TaskState {
    return this.#state;
  }

  get lastFault(): ActivityFault | null {
    return this.#lastFault;
  }

  /** Lets it wait for a worker, or continue where it was before a restart. */
  begin(): void {
    const now = this.#owner.clock.now();
    const { restored, progress: line } = this.task;
    const progress = readProgress(line);
    if (progress?.kind === "handed-out") {
      this.#finish({ error: faultOf("INTERRUPTED"), attempts: 1 });
      return;
    }
    let readyAt = now;
    if (progress !== null) {
      this.#attempt = progress.attempts + 1;
      this.#details = progress.details;
      this.#lastFault = progress.fault;
      readyAt = progress.nextAt;
    }
    if (restored && readyAt <= now) {
      readyAt = now + this.#owner.adoptionMs;
    }
    this.#waitUntil(readyAt);
  }

  /**
   * Hands it out to a worker.
   *
   * @param definition the options of the worker's definition of the activity
   * @returns a promise only if something must be saved first; undefined if the task has ended meanwhile
   */
  handOut(
    worker: string,
    definition: SentPolicy,
  ): HandedOutActivity | Promise<HandedOutActivity | undefined> {
    this.#policy = resolvePolicy(this.task.policy, definition);
    if (!this.#policy.atMostOnce || this.#isMarked) {
      return this.#start(worker);
    }
    this.#state = { kind: "saving" };
    return this.#markedBefore(worker);
  }

  /** Call this if the task did not reach its worker: it waits again, as the same attempt. */
  takeBack(lease: string): void {
    if (this.#runs(lease)) {
      this.#stop("handed-back");
      this.#waitUntil(0);
    }
  }

  /**
   * Call this if its worker, which may have begun it, hands it back.
   * @param details its last details: JSON text or null
   */
  handBack(lease: string, details: string | null): void {
    if (this.#runs(lease)) {
      this.#details = details ?? this.#details;
    }
    if (this.#policy.atMostOnce && this.#runs(lease)) {
      this.workerLost();
    } else {
      this.takeBack(lease);
    }
  }

  /** Call this if a worker that has it from before a restart reports it. @returns whether it does */
  adopt(lease: string, worker: string, definition: SentPolicy): boolean {
    const { kind } = this.#state;
    const isExpected =
      this.task.restored &&
      isLeaseOf(lease, this.task.key, this.#attempt) &&
      (kind === "paused" || kind === "ready");
    if (isExpected) {
      if (kind === "ready") {
        this.#owner.notReady(this);
      }
      this.#policy = resolvePolicy(this.task.policy, definition);
      this.#run(lease, worker);
    }
    return isExpected;
  }

  /** @param alive whether the activity itself sent the heartbeat @param details JSON text, or null for no new ones */
  beat(lease: string, alive: boolean, details: string | null): void {
    if (this.#state.kind === "running" && this.#runs(lease)) {
      const now = this.#owner.clock.now();
      this.#state.running.leaseUntil = now + this.#owner.leaseMs;
      if (alive) {
        this.#state.running.lastBeat = now;
      }
      this.#details = details ?? this.#details;
    }
  }

  /** @param value JSON text */
  complete(lease: string, value: string): void {
    if (this.#runs(lease)) {
      this.#stop("completed");
      this.#finish({ value });
    }
  }

  /** @param details the attempt's last details: JSON text or null */
  fail(lease: string, report: ActivityFailureReport, details: string | null): void {
    if (this.#runs(lease)) {
      this.#details = details ?? this.#details;
      this.#attemptFailed({ ...report, code: "FAILED" }, "failed");
    }
  }

  /** Call this if the result is larger than the server accepts: another attempt would return the same. */
  tooLarge(lease: string): void {
    if (this.#runs(lease)) {
      this.#attemptFailed({ ...faultOf("RESULT_TOO_LARGE"), nonRetryable: true }, "failed");
    }
  }

  /** Call this if its worker is gone. */
  workerLost(): void {
    if (this.#state.kind === "running") {
      this.#attemptFailed(faultOf(this.#policy.atMostOnce ? "INTERRUPTED" : "WORKER_LOST"), "lost");
    }
  }

  abort(): void {
    if (this.#state.kind === "ready") {
      this.#owner.notReady(this);
    }
    if (this.#state.kind === "running") {
      this.#stop("handed-back");
    }
    this.#close();
  }

  async #markedBefore(worker: string): Promise<HandedOutActivity | undefined> {
    try {
      await this.#listener.progress(progressLine({ kind: "handed-out" }));
    } catch (error) {
      if (this.#state.kind === "saving") {
        this.#waitUntil(this.#owner.clock.now() + saveAgainMs);
      }
      throw error;
    }
    this.#isMarked = true;
    return this.#state.kind === "saving" ? this.#start(worker) : undefined;
  }

  #runs(lease: string): boolean {
    return this.#state.kind === "running" && this.#state.running.lease === lease;
  }

  #start(worker: string): HandedOutActivity {
    const { key, name, input, workflow } = this.task;
    const lease = this.#owner.leases.make(key, this.#attempt);
    this.#run(lease, worker);
    const { startToCloseMs, heartbeatMs } = this.#policy;
    return {
      lease,
      name,
      input,
      attempt: this.#attempt,
      idempotencyKey: key,
      workflow,
      details: this.#details,
      timeoutMs: startToCloseMs,
      heartbeatMs: heartbeatMs === Infinity ? null : heartbeatMs,
    };
  }

  #run(lease: string, worker: string): void {
    const now = this.#owner.clock.now();
    const running: RunningAttempt = {
      lease,
      worker,
      startedAt: now,
      leaseUntil: now + this.#owner.leaseMs,
      lastBeat: now,
    };
    this.#state = { kind: "running", running };
    this.#owner.started(this, lease);
    this.#timer.arm(this.#due);
  }

  /** Ends the running attempt. */
  #stop(end: AttemptEnd): void {
    if (this.#state.kind === "running") {
      const { lease, startedAt } = this.#state.running;
      this.#state = { kind: "saving" };
      this.#owner.attemptEnded(this, lease, end, this.#owner.clock.now() - startedAt);
    }
  }

  #attemptFailed(fault: ActivityFault, end: AttemptEnd): void {
    this.#stop(end);
    const now = this.#owner.clock.now();
    const isLost = fault.code === "WORKER_LOST";
    const pauseMs = isLost ? 0 : pauseAfter(this.#attempt, this.#policy);
    const nextAt = now + pauseMs;
    const isFinal = isFinalFault(fault, this.#attempt, this.#policy) || nextAt >= this.#closeBy;
    if (isFinal) {
      this.#finish({ error: fault, attempts: this.#attempt });
      return;
    }
    this.#lastFault = fault;
    const progress = { attempts: this.#attempt, nextAt, fault, details: this.#details };
    this.#attempt += 1;
    this.#waitUntil(nextAt);
    this.#listener.progress(progressLine({ kind: "failed", ...progress })).catch(() => {
      // The engine itself reports that the journal can't be written. Without the line the attempt is repeated.
    });
  }

  #waitUntil(time: number): void {
    const now = this.#owner.clock.now();
    if (time > now) {
      this.#state = { kind: "paused", until: time };
    } else {
      this.#state = { kind: "ready", since: now };
    }
    this.#timer.arm(this.#due);
    if (time <= now) {
      this.#owner.ready(this);
    }
  }

  #finish(outcome: ActivityOutcome): void {
    this.#close();
    this.#listener.done(outcome);
  }

  #close(): void {
    this.#state = { kind: "over" };
    this.#timer.cancel();
    this.#owner.over(this);
  }

  get #closeBy(): number {
    return this.task.scheduledAt + this.#policy.scheduleToCloseMs;
  }

  get #due(): number {
    return dueOf(this.#state, this.#policy, this.#closeBy);
  }

  #timeCame(lateMs: number): void {
    const now = this.#owner.clock.now();
    const state = this.#state;
    if (state.kind === "running" && lateMs >= minStandstillMs) {
      // Nobody could send heartbeats meanwhile.
      state.running.leaseUntil = Math.max(state.running.leaseUntil, now + this.#owner.leaseMs);
      state.running.lastBeat = now;
    }
    if (now < this.#due) {
      this.#timer.arm(this.#due);
      return;
    }
    const { scheduleToCloseMs, scheduleToStartMs } = this.#policy;
    const cause = this.#lastFault;
    if (now >= this.#closeBy) {
      const milliseconds = scheduleToCloseMs;
      this.#giveUp(faultOf("SCHEDULE_TO_CLOSE_TIMEOUT", { milliseconds, cause }));
    } else if (state.kind === "paused") {
      this.#waitUntil(now);
    } else if (state.kind === "ready") {
      const milliseconds = scheduleToStartMs;
      this.#giveUp(faultOf("SCHEDULE_TO_START_TIMEOUT", { milliseconds, cause }));
    } else if (state.kind === "running") {
      const fault = overdueFault(state.running, this.#policy, now);
      if (fault === null) {
        this.workerLost();
      } else {
        this.#attemptFailed(fault, "timed-out");
      }
    }
  }

  #giveUp(error: ActivityFault): void {
    if (this.#state.kind === "ready") {
      this.#owner.notReady(this);
    }
    this.#stop("timed-out");
    this.#finish({ error, attempts: this.#attempt });
  }
}
