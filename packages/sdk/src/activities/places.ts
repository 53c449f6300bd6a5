/** A worker's places, which limit how many activities run at a time. */
export class Places {
  #free: number;
  #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  get free(): number {
    return this.#free;
  }

  /** Settled when there is a free place, or the signal is aborted. It doesn't take the place. */
  async someFree(signal: AbortSignal): Promise<void> {
    while (this.#free <= 0 && !signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.push(resolve);
      const onAbort = (): void => resolve();
      signal.addEventListener("abort", onAbort, { once: true });
      await promise;
      // The signal lives as long as the worker.
      signal.removeEventListener("abort", onAbort);
    }
  }

  take(): void {
    this.#free -= 1;
  }

  give(): void {
    this.#free += 1;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
