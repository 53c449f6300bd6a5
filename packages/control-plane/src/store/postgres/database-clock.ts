import type { Clock } from "../../clock.ts";

/** The database's time, which all nodes share, independent of their own clocks. */
export class DatabaseClock implements Clock {
  #base: number;
  #measuredAt: number;

  /** @param now the database's time, in milliseconds since the Unix epoch */
  constructor(now: number) {
    this.#base = now;
    this.#measuredAt = performance.now();
  }

  now(): number {
    return this.#base + (performance.now() - this.#measuredAt);
  }

  set(now: number): void {
    this.#base = now;
    this.#measuredAt = performance.now();
  }
}
