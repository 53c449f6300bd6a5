import type { Timers } from "../time/timers.ts";

/** How long starts go to the same partition if there are many, in milliseconds. */
const togetherMs = 20;
/** The number of starts in that time that counts as many. */
const manyStarts = 4;

/**
 * Assigns starts to partitions in turn. If there are many, starts within some milliseconds go to the same partition, so
 * that they share its transactions: spread over several, each would cost a fence row, its own engine's commit, and
 * all that comes with it.
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

  /** The number of the turn for the next start, which never decreases. */
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
