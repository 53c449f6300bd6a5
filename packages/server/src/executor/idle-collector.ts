const lookEveryMs = 1_000;
/** Fewer guests than this leave too little garbage to be worth the pause. */
const guestsWorthIt = 50;

/**
 * Once guests have left memory and their thread has been idle for one to two seconds: releases what is kept for other
 * guests and, after many, collects the garbage. Otherwise V8 would keep it until others need the space, however long
 * that takes.
 */
export class IdleCollector {
  readonly #release: () => void;
  readonly #collect: () => void;
  #hadWork = false;
  #guestsGone = 0;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param release releases what is kept for other guests
   * @param collect default: V8's own function if `--expose-gc` is set; otherwise nothing is done
   */
  constructor(release: () => void, collect: () => void = () => void globalThis.gc?.()) {
    this.#release = release;
    this.#collect = collect;
  }

  /** Call this whenever the thread has work. */
  hasWork(): void {
    this.#hadWork = true;
  }

  /** Call this when a guest has ended or was dropped. */
  guestGone(): void {
    this.#guestsGone += 1;
    this.#timer ??= setInterval(() => this.#look(), lookEveryMs).unref();
  }

  #look(): void {
    if (this.#hadWork) {
      this.#hadWork = false;
      return;
    }
    clearInterval(this.#timer);
    this.#timer = undefined;
    const isWorthIt = this.#guestsGone >= guestsWorthIt;
    this.#guestsGone = 0;
    this.#release();
    // What is released ends in this turn.
    if (isWorthIt) setImmediate(this.#collect);
  }
}
