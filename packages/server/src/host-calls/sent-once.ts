/**
 * Requests of guests that may be sent only once: before an engine is closed, those in progress can end while everything
 * else continues.
 */
export class SentOnce {
  #underWay = 0;
  #isShut = false;
  readonly #left: Set<() => void> = new Set();

  /** Whether no more may begin: the next engine makes the call. */
  get isShut(): boolean {
    return this.#isShut;
  }

  /** Begins one, before it is written to the journal. @returns ends it; must be called once */
  enter(): () => void {
    this.#underWay += 1;
    return () => {
      this.#underWay -= 1;
      if (this.#underWay === 0) {
        for (const left of [...this.#left]) {
          left();
        }
      }
    };
  }

  /** Lets no more begin. Resolved once none is in progress. */
  shut(): Promise<void> {
    this.#isShut = true;
    return new Promise((resolve) => {
      const left = (): void => {
        this.#left.delete(left);
        resolve();
      };
      if (this.#underWay === 0) {
        left();
      } else {
        this.#left.add(left);
      }
    });
  }
}
