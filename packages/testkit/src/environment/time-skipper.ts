import { TestkitError } from "../errors.ts";
import { nextTurn } from "./real-timers.ts";
import type { TestClock } from "./test-clock.ts";

/** What the time skipper depends on. */
export interface TimeSkipperParts {
  readonly autoSkip: boolean;
  /** Settled when no workflow is computing and everything is saved. */
  whenIdle(): Promise<void>;
  /** Settled when the test's own handlers have answered; undefined if none is running. */
  handlersAtWork(): Promise<unknown> | undefined;
  /** Describes what each running workflow waits for. */
  describeWaiting(): Promise<string>;
  /** Increases with each call of the test to the environment. */
  calls(): number;
  /** Whether the test may be waiting for something real, such as a file or a real timer. */
  otherWork(): boolean;
  /** Settled after this many milliseconds of real time. */
  pause(milliseconds: number): Promise<void>;
}

/** The real time within which a test that waits for nothing visible would have continued. */
const idleTestMs = 20;
/** The max real time for a test's other work before its wait counts as a deadlock. Vitest ends a test after 5 s. */
const maxOtherWorkMs = 3_000;
const lookEveryMs = 5;

/**
 * After this many turns of the event loop with nothing to do, the test itself isn't about to do anything either, but is
 * waiting.
 */
const quietTurns = 5;

/** Moves the clock to the next timer whenever every workflow is idle and a test waits for something. */
export class TimeSkipper {
  readonly #clock: TestClock;
  readonly #parts: TimeSkipperParts;
  readonly #waiting = new Set<(error: Error) => void>();
  /** Checked whenever everything is idle. */
  readonly #conditions = new Set<() => Promise<void>>();
  #running = false;

  constructor(clock: TestClock, parts: TimeSkipperParts) {
    this.#clock = clock;
    this.#parts = parts;
  }

  /**
   * Lets time advance until the promise is settled.
   * @throws TestkitError `FLAWLESS_TESTKIT_DEADLOCK` if that can no longer happen
   */
  async during<Value>(promise: Promise<Value>): Promise<Value> {
    const stuck = Promise.withResolvers<never>();
    this.#waiting.add(stuck.reject);
    void this.#run();
    try {
      return await Promise.race([promise, stuck.promise]);
    } finally {
      this.#waiting.delete(stuck.reject);
    }
  }

  /**
   * Lets time advance until `look` finds something. It is called whenever everything is idle.
   *
   * @param look returns undefined if it found nothing
   * @throws what `look` throws
   * @throws TestkitError `FLAWLESS_TESTKIT_DEADLOCK` if nothing more will happen
   */
  async until<Found>(look: () => Promise<Found | undefined>): Promise<Found> {
    const { promise, resolve, reject } = Promise.withResolvers<Found>();
    const condition = async (): Promise<void> => {
      try {
        const found = await look();
        if (found !== undefined) {
          resolve(found);
        }
      } catch (error) {
        reject(error as Error);
      }
    };
    this.#conditions.add(condition);
    try {
      return await this.during(promise);
    } finally {
      this.#conditions.delete(condition);
    }
  }

  /** Advances by this much time, from timer to timer. */
  async skip(milliseconds: number): Promise<void> {
    const end = this.#clock.now() + milliseconds;
    for (;;) {
      await this.settle();
      const next = this.#clock.nextTimer;
      if (next === undefined || next > end) {
        break;
      }
      this.#clock.moveTo(next);
    }
    this.#clock.moveTo(end);
    await this.settle();
  }

  /** Settled when nothing more happens without a message or time passing. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < quietTurns; turn += 1) {
      const handlers = this.#parts.handlersAtWork();
      if (handlers !== undefined) {
        await handlers;
        turn = 0;
      }
      await this.#parts.whenIdle();
      await nextTurn();
    }
  }

  async #run(): Promise<void> {
    if (this.#running) {
      return;
    }
    this.#running = true;
    try {
      while (this.#waiting.size > 0) {
        const before = [...this.#waiting];
        await this.settle();
        for (const condition of this.#conditions) {
          await condition();
          // Waits that found something end here.
          await nextTurn();
        }
        if (!this.#isAnyWaiting(before)) {
          // A new wait began in the meantime, and what it asked for may not have settled.
          continue;
        }
        const next = this.#clock.nextTimer;
        if (this.#parts.autoSkip && next !== undefined) {
          this.#clock.moveTo(next);
        } else {
          await this.#deadlock(next);
        }
      }
    } catch (error) {
      this.#reject([...this.#waiting], error as Error);
    } finally {
      this.#running = false;
    }
  }

  async #deadlock(next: number | undefined): Promise<void> {
    const before = [...this.#waiting];
    const calls = this.#parts.calls();
    const hasChanged = (): boolean =>
      !this.#isAnyWaiting(before) ||
      this.#clock.nextTimer !== next ||
      this.#parts.calls() !== calls;
    for (
      let waitedMs = 0;
      waitedMs < (this.#parts.otherWork() ? maxOtherWorkMs : idleTestMs);
      waitedMs += lookEveryMs
    ) {
      await this.#parts.pause(lookEveryMs);
      if (hasChanged()) {
        return;
      }
    }
    const waiting = await this.#parts.describeWaiting();
    await this.settle();
    if (hasChanged()) {
      // Something happened while it was being described.
      return;
    }
    const message =
      next === undefined
        ? `nothing will ever wake what is awaited here: ${waiting}; send what is waited for, or await something else`
        : `time stands still for what is awaited here (autoSkip is false): ${waiting}; call skip() before you await it`;
    this.#reject(before, new TestkitError("FLAWLESS_TESTKIT_DEADLOCK", message));
  }

  #isAnyWaiting(waiters: readonly ((error: Error) => void)[]): boolean {
    return waiters.some((waiter) => this.#waiting.has(waiter));
  }

  #reject(waiters: readonly ((error: Error) => void)[], error: Error): void {
    for (const reject of waiters) {
      this.#waiting.delete(reject);
      reject(error);
    }
  }
}
