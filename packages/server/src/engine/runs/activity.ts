/** Counts what goes on in an engine, for whoever wants to know when nothing does. */
export class Activity {
  readonly #counts = { computing: 0, requesting: 0 };
  readonly #listeners = new Set<() => void>();

  get computing(): number {
    return this.#counts.computing;
  }

  get requesting(): number {
    return this.#counts.requesting;
  }

  change(what: "computing" | "requesting", change: 1 | -1): void {
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

  /** Settled as soon as the condition holds; it is looked at whenever something comes to rest. */
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
