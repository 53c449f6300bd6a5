/** Counts what is under way in an engine, so that others can wait until nothing is. */
export class Activity {
  readonly #counts = { computing: 0, requesting: 0, intending: 0 };
  readonly #listeners = new Set<() => void>();

  get computing(): number {
    return this.#counts.computing;
  }

  /** Requests under way, including those whose intents are being saved. */
  get requesting(): number {
    return this.#counts.requesting + this.#counts.intending;
  }

  /**
   * Intents that are being saved. An engine that closed before their effects began would leave an intent without its
   * effect.
   */
  get intending(): number {
    return this.#counts.intending;
  }

  change(what: "computing" | "requesting" | "intending", change: 1 | -1): void {
    this.#counts[what] += change;
    if (this.#counts[what] === 0) {
      this.notify();
    }
  }

  /** Something that is not counted here came to rest. */
  notify(): void {
    for (const listener of [...this.#listeners]) {
      listener();
    }
  }

  /** Settles as soon as the condition holds. It is checked whenever something comes to rest. */
  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (condition()) {
          this.#listeners.delete(look);
          resolve();
        }
      };
      this.#listeners.add(look);
      look();
    });
  }
}
