import type {
  ActivityBeat,
  ActivityPoll,
  ActivityReport,
  ActivityWorkerRegistration,
  HandedOutActivity,
} from "@flawless-ts/sdk/internal";
import { ShortLivedMap, ShortLivedSet } from "@flawless-ts/wasm-module/internal";
import type { Clock } from "../time/clock.ts";
import type { Timers } from "../time/timers.ts";
import type { ActivityLimits } from "./activity-limits.ts";
import type { ActivityObserver } from "./activity-observer.ts";
import { type EarlyWord, EarlyWords } from "./early-words.ts";
import { keyOfLease, type LeaseNames } from "./lease.ts";
import type { AttemptEnd, OpenTask, TaskOwner } from "./open-task.ts";
import { OpenPoll } from "./open-poll.ts";
import { countedAs, QueueRates } from "./queue-rates.ts";
import { ReadyTasks } from "./ready-tasks.ts";
import { type ActivityWorker, WorkerList } from "./worker-list.ts";

/** What queues share. */
export interface QueueServices {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly limits: ActivityLimits;
  readonly observer: ActivityObserver | undefined;
  /** When the queues were opened, in milliseconds since the Unix epoch. */
  readonly openedAt: number;
  readonly leases: LeaseNames;
}

/** How long workers may take to come back to a restarted server, in milliseconds. */
const maxAdoptionMs = 5_000;

/** One queue: the tasks of its activities, and the workers that take them. */
export class ActivityQueue implements TaskOwner {
  readonly name: string;
  readonly clock: Clock;
  readonly leaseMs: number;
  readonly adoptionMs: number;
  readonly leases: LeaseNames;
  readonly workers: WorkerList = new WorkerList();
  readonly rates: QueueRates = new QueueRates();
  /** All tasks that are not over, by their keys, oldest first. */
  readonly tasks: ShortLivedMap<string, OpenTask> = new ShortLivedMap();
  readonly #services: QueueServices;
  readonly #ready = new ReadyTasks();
  readonly #running = new ShortLivedMap<string, OpenTask>();
  readonly #early: EarlyWords;
  readonly #polls = new ShortLivedSet<OpenPoll>();
  #isDispatching = false;
  #isClosed = false;

  constructor(name: string, services: QueueServices) {
    this.name = name;
    this.clock = services.clock;
    this.leases = services.leases;
    this.leaseMs = services.limits.leaseMs;
    this.adoptionMs = Math.min(services.limits.leaseMs, maxAdoptionMs);
    this.#services = services;
    this.#early = new EarlyWords(services.clock, services.openedAt + this.adoptionMs);
  }

  get waiting(): number {
    return this.#ready.size;
  }

  get running(): number {
    return this.#running.size;
  }

  get polls(): number {
    return this.#polls.size;
  }

  /** Whether the queue can be forgotten. */
  isIdle(): boolean {
    const { leaseMs, clock } = this;
    return (
      this.tasks.size === 0 &&
      this.#polls.size === 0 &&
      this.workers.all(clock.now(), leaseMs).length === 0
    );
  }

  add(task: OpenTask): void {
    this.tasks.set(task.task.key, task);
    task.begin();
    const early = this.#early.take(task.task.key);
    if (early !== undefined && this.workers.has(early.worker)) {
      const { worker, told } = early;
      if ("isBeat" in told) {
        this.heartbeat(worker, [told]);
      } else {
        this.report(worker, [told]);
      }
    }
  }

  register(registration: ActivityWorkerRegistration): void {
    this.workers.add(registration, this.clock.now());
  }

  /** Hands out tasks once there are any. Empty if the wait times out or the poll is withdrawn. */
  async poll(poll: ActivityPoll, signal?: AbortSignal): Promise<readonly HandedOutActivity[]> {
    const worker = this.workers.heard(poll.worker, this.clock.now());
    const isGone = (): boolean => signal?.aborted ?? false;
    if (this.#isClosed || isGone()) {
      return [];
    }
    // A worker polls once at a time: it has abandoned its previous poll, or its connection is gone.
    this.#withdrawPollsOf(poll.worker);
    const open = new OpenPoll(worker, poll.max);
    this.#polls.add(open);
    worker.openPolls += 1;
    const withdraw = (): void => this.#answer(open);
    const timer =
      poll.waitMs === null ? undefined : this.#services.timers.setTimeout(withdraw, poll.waitMs);
    signal?.addEventListener("abort", withdraw);
    try {
      this.#dispatchSoon();
      const tasks = await open.answered;
      if (!isGone()) {
        return tasks;
      }
      for (const { lease } of tasks) {
        this.#running.get(lease)?.takeBack(lease);
      }
      return [];
    } finally {
      this.#services.timers.clearTimeout(timer);
      signal?.removeEventListener("abort", withdraw);
      worker.openPolls -= 1;
      worker.seenAt = this.clock.now();
    }
  }

  /** @returns the leases that no longer exist */
  report(worker: string, reports: readonly ActivityReport[]): readonly string[] {
    const heard = this.workers.heard(worker, this.clock.now());
    const ended: string[] = [];
    for (const report of reports) {
      const task = this.#taskOf(report.lease, heard);
      if (task === undefined) {
        if (!this.#isEarly({ worker, told: report })) {
          ended.push(report.lease);
        }
      } else if ("value" in report) {
        if (report.value.length > this.#services.limits.textCharacters) {
          task.tooLarge(report.lease);
        } else {
          task.complete(report.lease, report.value);
        }
      } else if ("error" in report) {
        task.fail(report.lease, report.error, report.details ?? null);
      } else {
        task.handBack(report.lease, report.details ?? null);
      }
    }
    return ended;
  }

  /** @returns the leases that the worker no longer holds */
  heartbeat(worker: string, beats: readonly ActivityBeat[]): readonly string[] {
    const heard = this.workers.heard(worker, this.clock.now());
    const ended: string[] = [];
    for (const { lease, alive, details } of beats) {
      const task = this.#taskOf(lease, heard);
      if (task === undefined) {
        if (!this.#isEarly({ worker, told: { lease, alive, details, isBeat: true } })) {
          ended.push(lease);
        }
      } else {
        task.beat(lease, alive, details);
      }
    }
    return ended;
  }

  /** Removes a worker that leaves: its remaining tasks are lost with it. */
  leave(worker: string): void {
    this.workers.remove(worker);
    for (const task of [...this.#running.values()]) {
      if (task.state.kind === "running" && task.state.running.worker === worker) {
        task.workerLost();
      }
    }
    this.#withdrawPollsOf(worker);
  }

  /** Answers all polls; nothing is handed out any more. */
  close(): void {
    this.#isClosed = true;
    for (const poll of [...this.#polls]) {
      this.#answer(poll);
    }
    for (const task of [...this.tasks.values()]) {
      task.abort();
    }
  }

  ready(task: OpenTask): void {
    this.#ready.add(task);
    this.#dispatchSoon();
  }

  notReady(task: OpenTask): void {
    this.#ready.remove(task);
  }

  started(task: OpenTask, lease: string): void {
    this.#running.set(lease, task);
    this.rates.count("started", this.clock.now());
  }

  attemptEnded(task: OpenTask, lease: string, end: AttemptEnd, milliseconds: number): void {
    this.#running.delete(lease);
    const counted = countedAs(end);
    if (counted !== undefined) {
      this.rates.count(counted, this.clock.now());
    }
    this.#services.observer?.activityAttemptEnded?.(this.name, task.task.name, end, milliseconds);
  }

  over(task: OpenTask): void {
    this.tasks.delete(task.task.key);
  }

  /** Whether it may be about a task that is yet to be reopened after a restart: then it waits for that. */
  #isEarly(word: EarlyWord): boolean {
    return !this.leases.isOwn(word.told.lease) && this.#early.keep(word);
  }

  /** A worker that has registered again after a restart may report tasks that it had before. */
  #taskOf(lease: string, worker: ActivityWorker): OpenTask | undefined {
    const running = this.#running.get(lease);
    if (running !== undefined) {
      return running;
    }
    const task = this.tasks.get(keyOfLease(lease));
    const definition = worker.activities[task?.task.name ?? ""];
    const isAdopted = definition !== undefined && task?.adopt(lease, worker.worker, definition);
    return isAdopted === true ? task : undefined;
  }

  /** Tasks that become ready at the same time are handed out together. */
  #dispatchSoon(): void {
    if (!this.#isDispatching) {
      this.#isDispatching = true;
      queueMicrotask(() => {
        this.#isDispatching = false;
        this.#dispatch();
      });
    }
  }

  /** Waiting polls take turns, oldest first, so that tasks are spread over workers. */
  #dispatch(): void {
    for (let isTaken = true; isTaken && this.#ready.size > 0;) {
      isTaken = false;
      for (const poll of this.#polls) {
        if (poll.hasRoom) {
          isTaken = this.#takeFor(poll) || isTaken;
        }
      }
    }
    for (const poll of [...this.#polls]) {
      if (poll.tasks.length > 0) {
        this.#answer(poll);
      }
    }
  }

  #takeFor(poll: OpenPoll): boolean {
    const { worker, activities } = poll.worker;
    const task = this.#ready.take((name) => Object.hasOwn(activities, name));
    if (task === undefined) {
      return false;
    }
    const handedOut = task.handOut(worker, activities[task.task.name] ?? {});
    if (!(handedOut instanceof Promise)) {
      poll.tasks.push(handedOut);
      return true;
    }
    poll.saving += 1;
    handedOut
      .then((saved) => {
        if (saved === undefined) {
          return;
        }
        if (this.#polls.has(poll)) {
          poll.tasks.push(saved);
        } else {
          task.takeBack(saved.lease);
        }
      })
      // The journal can't be written, which the engine itself reports.
      .catch(() => undefined)
      .finally(() => {
        poll.saving -= 1;
        this.#dispatchSoon();
      });
    return true;
  }

  #withdrawPollsOf(worker: string): void {
    for (const poll of [...this.#polls]) {
      if (poll.worker.worker === worker) {
        this.#answer(poll);
      }
    }
  }

  #answer(poll: OpenPoll): void {
    if (this.#polls.delete(poll)) {
      poll.answer();
    }
  }
}
