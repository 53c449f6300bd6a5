import type { Clock } from "@flawless-ts/server/internal";
import { realTimers } from "./real-timers.ts";

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** A clock that only moves when told to. */
export class TestClock implements Clock {
  readonly guestTime = "given";
  readonly #timers = new Set<Timer>();
  #now: number;

  /** @param start milliseconds since the Unix epoch */
  constructor(start: number) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  setTimer(at: number, callback: () => void): () => void {
    const timer = { at, callback };
    this.#timers.add(timer);
    if (at <= this.#now) {
      realTimers.setImmediate(() => this.#fire(timer));
    }
    return () => this.#timers.delete(timer);
  }

  /** The earliest time for which a timer is set, or undefined. */
  get nextTimer(): number | undefined {
    let next: number | undefined;
    for (const { at } of this.#timers) {
      next = next === undefined ? at : Math.min(next, at);
    }
    return next;
  }

  /** Jumps to this time and fires what is due. Callers step from timer to timer themselves. */
  moveTo(time: number): void {
    this.#now = Math.max(this.#now, time);
    const due = [...this.#timers].filter((timer) => timer.at <= this.#now);
    for (const timer of due.toSorted((a, b) => a.at - b.at)) {
      this.#fire(timer);
    }
  }

  #fire(timer: Timer): void {
    if (this.#timers.delete(timer)) {
      timer.callback();
    }
  }
}
