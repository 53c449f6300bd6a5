import type { Clock } from "../time/clock.ts";

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** A clock that stands still until a test moves it. It may outlive the engines that it is given to. */
export class TestClock implements Clock {
  readonly guestTime: Clock["guestTime"];
  readonly #timers = new Set<Timer>();
  #now: number;

  /**
   * @param now milliseconds since the Unix epoch; by default some moment in 2026
   * @param guestTime default: guests read this clock
   */
  constructor(
    now: number = Date.UTC(2026, 0, 2, 3, 4, 5),
    guestTime: Clock["guestTime"] = "given",
  ) {
    this.#now = now;
    this.guestTime = guestTime;
  }

  now(): number {
    return this.#now;
  }

  setTimer(at: number, callback: () => void): () => void {
    const timer = { at, callback };
    this.#timers.add(timer);
    if (at <= this.#now) {
      setImmediate(() => this.#fire(timer));
    }
    return () => void this.#timers.delete(timer);
  }

  /** When the next timer is due, or undefined where none is set. */
  get next(): number | undefined {
    return this.#earliest()?.at;
  }

  /** How many timers are set. */
  get timers(): number {
    return this.#timers.size;
  }

  /**
   * Moves the time on by so many milliseconds. Timers fire in order, each at its own time; one that is set by another
   * and due within the same span fires too.
   */
  advance(milliseconds: number): void {
    const target = this.#now + milliseconds;
    for (;;) {
      const timer = this.#earliest();
      if (timer === undefined || timer.at > target) {
        break;
      }
      this.#now = Math.max(this.#now, timer.at);
      this.#fire(timer);
    }
    this.#now = target;
  }

  /** Sets the time without firing anything, as when a machine's clock is set, or a server was down. */
  set(now: number): void {
    this.#now = now;
  }

  #earliest(): Timer | undefined {
    let earliest: Timer | undefined;
    for (const timer of this.#timers) {
      if (earliest === undefined || timer.at < earliest.at) {
        earliest = timer;
      }
    }
    return earliest;
  }

  #fire(timer: Timer): void {
    if (this.#timers.delete(timer)) {
      timer.callback();
    }
  }
}
