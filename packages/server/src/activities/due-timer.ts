import type { Clock } from "../time/clock.ts";

/**
 * A timer for a time that is mostly postponed. Then it is not changed, and may fire too early, because heartbeats are
 * much more frequent than timeouts.
 */
export class DueTimer {
  readonly #clock: Clock;
  readonly #timeCame: (lateMs: number) => void;
  #set: { readonly at: number; readonly cancel: () => void } | null = null;

  /** @param timeCame called with how many milliseconds the timer is late */
  constructor(clock: Clock, timeCame: (lateMs: number) => void) {
    this.#clock = clock;
    this.#timeCame = timeCame;
  }

  /** Fires at that time (milliseconds since the Unix epoch) or before; never for `Infinity`. */
  arm(at: number): void {
    if (at === Infinity || (this.#set !== null && this.#set.at <= at)) {
      return;
    }
    this.#set?.cancel();
    const cancel = this.#clock.setTimer(at, () => {
      this.#set = null;
      this.#timeCame(this.#clock.now() - at);
    });
    this.#set = { at, cancel };
  }

  cancel(): void {
    this.#set?.cancel();
    this.#set = null;
  }
}
