/** The number of running workflows, of all engines that share the count. */
export class RunningCount {
  #total = 0;

  get total(): number {
    return this.#total;
  }

  /** One engine's part of the count, which can be removed as a whole. */
  part(): RunningPart {
    let own = 0;
    let ended = false;
    return {
      get own() {
        return own;
      },
      add: (change) => {
        if (!ended) {
          own += change;
          this.#total += change;
        }
      },
      end: () => {
        ended = true;
        this.#total -= own;
        own = 0;
      },
    };
  }
}

/** What one engine adds to a {@link RunningCount}. */
export interface RunningPart {
  /** What it adds now. */
  readonly own: number;
  add(change: number): void;
  /** Removes what it added, and ignores what it adds from now on. */
  end(): void;
}
