const lookEveryMs = 1_000;
/** Fewer leave too little to be worth the pause. */
const guestsWorthIt = 50;

/**
 * Collects the garbage of its thread once guests have left memory and the thread has had nothing to do for one to two
 * seconds. Without it their memory is kept until others need the place, however long that takes.
 */
export class IdleCollector {
  readonly #collect: () => void;
  #hadWork = false;
  #guestsGone = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param collect default: V8's own function, which is there where `--expose-gc` is set; elsewhere nothing is done */
  constructor(collect: () => void = () => void globalThis.gc?.()) {
    this.#collect = collect;
  }

  /** To be called with whatever the thread has to do. */
  hasWork(): void {
    this.#hadWork = true;
  }

  /** To be called when a guest has ended or was dropped. */
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
