const lookEveryMs = 1_000;
/** Fewer guests than this leave too little garbage to be worth the pause. */
const guestsWorthIt = 50;

/**
 * Collects its thread's garbage once guests have left memory and the thread has been idle for one to two seconds.
 * Otherwise their memory would be kept until others need the space, however long that takes.
 */
export class IdleCollector {
  readonly #collect: () => void;
  #hadWork = false;
  #guestsGone = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param collect default: V8's own function if `--expose-gc` is set; otherwise nothing is done */
  constructor(collect: () => void = () => void globalThis.gc?.()) {
    this.#collect = collect;
  }

  /** Call this whenever the thread has work. */
  hasWork(): void {
    this.#hadWork = true;
  }

  /** Call this when a guest has ended or was dropped. */
  guestGone(): void {
    this.#guestsGone += 1;
    if (this.#guestsGone >= guestsWorthIt) {
      this.#timer ??= setInterval(() => this.#look(), lookEveryMs).unref();
    }
  }

  #look(): void {
    if (this.#hadWork) {
      this.#hadWork = false;
      return;
    }
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#guestsGone = 0;
    this.#collect();
  }
}
