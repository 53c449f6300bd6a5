/** Limits how many tasks run at the same time. Others wait for their turn. */
export class AtOnce {
  readonly #max: number;
  readonly #queue: (() => void)[] = [];
  #running = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** Runs a task, now or later. */
  async run<Result>(task: () => Promise<Result>): Promise<Result> {
    if (this.#running >= this.#max) {
      await new Promise<void>((resolve) => this.#queue.push(resolve));
    } else {
      this.#running += 1;
    }
    try {
      return await task();
    } finally {
      const next = this.#queue.shift();
      if (next === undefined) {
        this.#running -= 1;
      } else {
        // The next task takes over this one's slot.
        next();
      }
    }
  }
}
