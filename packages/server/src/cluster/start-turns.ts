import type { Timers } from "../time/timers.ts";

/** For how long starts go to the same partition where many come, in milliseconds. */
const togetherMs = 20;
/** So many in that time are many. */
const manyStarts = 4;

/**
 * Whose turn it is to get a start: each partition's, one after the other. Where many starts come, those of some milliseconds
 * go to the same one, as they share its transactions then: to several, each would cost a row of its fence, a commit of its own
 * engine, and all that comes with it.
 */
export class StartTurns {
  readonly #timers: Pick<Timers, "monotonicNow">;
  #turn = 0;
  #since = Number.NEGATIVE_INFINITY;
  #starts = 0;
  #areMany = false;

  constructor(timers: Pick<Timers, "monotonicNow">) {
    this.#timers = timers;
  }

  /** The number of the turn for the next start; it grows. */
  next(): number {
    const now = this.#timers.monotonicNow();
    const elapsed = now - this.#since;
    if (elapsed >= togetherMs) {
      this.#areMany = this.#starts >= manyStarts && elapsed < 2 * togetherMs;
      this.#since = now;
      this.#starts = 0;
      this.#turn += 1;
    } else if (!this.#areMany) {
      this.#turn += 1;
    }
    this.#starts += 1;
    return this.#turn;
  }
}
