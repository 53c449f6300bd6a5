/**
 * Requests of guests that may be sent only once: whoever closes an engine lets those end that are under way, while
 * everything else goes on.
 */
export class SentOnce {
  #underWay = 0;
  #isShut = false;
  readonly #left: Set<() => void> = new Set();

  /** Whether none may begin any more: the next engine makes the call. */
  get isShut(): boolean {
    return this.#isShut;
  }

  /** One begins, before the journal is told of it. @returns ends it; to be called once */
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

  /** Lets none begin any more. Settled once none is under way. */
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
