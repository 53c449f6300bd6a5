import type { ActivityReport } from "@flawless-ts/sdk/internal";
import { EngineError } from "@flawless-ts/server";
import type { Engine } from "@flawless-ts/server/internal";
import { isOtherWorkUnderWay } from "../environment/other-work.ts";
import { realPause, realTimers } from "../environment/real-timers.ts";
import type { TestClock } from "../environment/test-clock.ts";
import type { HeldActivity } from "./held-activity.ts";

/** The max real time for an activity's work while the environment's time stands still, in milliseconds. */
const maxWorkMs = 3_000;
const lookEveryMs = 2;

/** The attempts that the environment's worker has. It renews their leases and reports how they ended. */
export class HeldActivities {
  readonly #worker: string;
  readonly #clock: TestClock;
  readonly #engine: () => Engine | undefined;
  readonly #all = new Set<HeldActivity>();
  #leaseMs = Infinity;
  /** The number of other workers' attempts, and when it last changed, in milliseconds of real time. */
  #others = { count: 0, since: 0 };
  #cancelTimer: (() => void) | undefined;

  constructor(worker: string, clock: TestClock, engine: () => Engine | undefined) {
    this.#worker = worker;
    this.#clock = clock;
    this.#engine = engine;
  }

  /**
   * Settled after a moment in which one of them may have continued; undefined if all wait for the environment's time,
   * or for the test.
   */
  get working(): Promise<unknown> | undefined {
    const now = realTimers.monotonicNow();
    const atWork = [...this.#all].filter(({ mayBeAtWork }) => mayBeAtWork);
    if ((atWork.length === 0 && !this.#othersWork(now)) || !isOtherWorkUnderWay()) {
      return undefined;
    }
    for (const activity of atWork) {
      activity.mayBeAtWork = now - activity.workSince < maxWorkMs;
    }
    return realPause(lookEveryMs);
  }

  has(activity: HeldActivity): boolean {
    return this.#all.has(activity);
  }

  add(activity: HeldActivity): void {
    this.#all.add(activity);
    this.#keepLeases();
  }

  /** It is neither renewed nor reported any more. */
  remove(activity: HeldActivity): void {
    this.#all.delete(activity);
    this.#keepLeases();
  }

  /** Reports to the server how an attempt ended, or to the next server if this one has crashed. */
  report(activity: HeldActivity, report: ActivityReport): void {
    if (this.#all.has(activity)) {
      activity.report = report;
      this.#tell(activity.queue);
    }
  }

  /** From now on, the server knows the worker and the attempts it already had. */
  registered(queue: string, leaseMs: number): void {
    this.#leaseMs = leaseMs;
    this.#tell(queue);
    this.#keepLeases();
  }

  /** Sends heartbeats for all, and learns which ones the server no longer wants. */
  giveSigns(): void {
    for (const queue of new Set([...this.#all].map((activity) => activity.queue))) {
      this.#tell(queue);
    }
  }

  close(): void {
    for (const activity of this.#all) {
      activity.attempt.abort("shutdown");
    }
    this.#all.clear();
    this.#keepLeases();
  }

  /** Whether a worker that the test created itself may be working on an attempt. */
  #othersWork(now: number): boolean {
    const count = (this.#engine()?.activities.running ?? 0) - this.#all.size;
    if (count !== this.#others.count) {
      this.#others = { count, since: now };
    }
    return count > 0 && now - this.#others.since < maxWorkMs;
  }

  #tell(queue: string): void {
    const held = [...this.#all].filter((activity) => activity.queue === queue);
    const done = held.filter(({ report }) => report !== undefined);
    const running = held.filter(({ report }) => report === undefined);
    const engine = this.#engine();
    if (engine === undefined) {
      return;
    }
    try {
      const reports = done.flatMap(({ report }) => (report === undefined ? [] : [report]));
      engine.activities.report(queue, this.#worker, reports);
      for (const activity of done) {
        this.remove(activity);
      }
      const beats = running.map(({ attempt }) => attempt.takeBeat());
      const ended = new Set(engine.activities.heartbeat(queue, this.#worker, beats));
      for (const activity of running.filter(({ task }) => ended.has(task.lease))) {
        this.remove(activity);
        activity.end(this.#clock.now());
      }
    } catch (error) {
      if (!(error instanceof EngineError)) {
        throw error;
      }
      // It has crashed, or doesn't know the worker yet; it gets the report once it does.
    }
  }

  /** Time skips from timer to timer, so there must be one before a lease ends. */
  #keepLeases(): void {
    if (this.#all.size === 0) {
      this.#cancelTimer?.();
      this.#cancelTimer = undefined;
      return;
    }
    if (this.#leaseMs !== Infinity) {
      this.#cancelTimer ??= this.#clock.setTimer(this.#clock.now() + this.#leaseMs - 1, () => {
        this.#cancelTimer = undefined;
        this.giveSigns();
        this.#keepLeases();
      });
    }
  }
}
