/** How many workflows run, of all engines that count in the same one. */
export class RunningCount {
  #total = 0;

  get total(): number {
    return this.#total;
  }

  /** A part of it for one engine, which can be taken away as a whole. */
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
  /** What it added counts no longer, and what it adds is ignored from now on. */
  end(): void;
}
