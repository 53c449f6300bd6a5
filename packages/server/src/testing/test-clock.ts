import type { Clock } from "../time/clock.ts";

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** A clock that stands still until a test moves it. It may outlive the engines that use it. */
export class TestClock implements Clock {
  readonly guestTime: Clock["guestTime"];
  readonly #timers = new Set<Timer>();
  #now: number;

  /**
   * @param now milliseconds since the Unix epoch; by default a time in 2026
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

  /** When the next timer is due; undefined if none is set. */
  get next(): number | undefined {
    return this.#earliest()?.at;
  }

  /** The number of timers that are set. */
  get timers(): number {
    return this.#timers.size;
  }

  /**
   * Advances the time. Timers fire in order, each at its own time; a timer that is set by another one and due within
   * the same span fires, too.
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

  /** Sets the time without firing timers, like a machine's clock being set, or a server being down. */
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
