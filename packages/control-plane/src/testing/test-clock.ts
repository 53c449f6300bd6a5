import type { Clock } from "../clock.ts";

/** A clock that stands still until a test moves it. */
export class TestClock implements Clock {
  #now: number;

  /** @param now milliseconds since the Unix epoch; by default some moment in 2026 */
  constructor(now: number = Date.UTC(2026, 0, 2, 3, 4, 5)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  /** In whole seconds, as in the API. */
  get seconds(): number {
    return Math.floor(this.#now / 1_000);
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds;
  }
}
