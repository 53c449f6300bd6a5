import type { Sleep } from "../options/client-options.ts";

/**
 * A sleep that takes no time and records its duration, except for held durations: those last until their signal is
 * aborted, or they are released.
 */
export class HeldSleep {
  readonly slept: number[] = [];
  readonly #held: ReadonlySet<number>;
  readonly #waiting: Map<number, () => void> = new Map();

  /** @param held the durations to hold, in milliseconds. */
  constructor(...held: readonly number[]) {
    this.#held = new Set(held);
  }

  readonly sleep: Sleep = async (milliseconds, signal) => {
    this.slept.push(milliseconds);
    // Lets other tasks run, as a timer does.
    await new Promise((resolve) => void setImmediate(resolve));
    if (!this.#held.has(milliseconds)) return;
    await new Promise<void>((resolve, reject) => {
      this.#waiting.set(milliseconds, resolve);
      if (signal.aborted) reject(signal.reason);
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  };

  /** Releases a held duration, once somebody waits for it. */
  async pass(milliseconds: number): Promise<void> {
    while (!this.#waiting.has(milliseconds)) {
      await new Promise((resolve) => void setImmediate(resolve));
    }
    const resolve = this.#waiting.get(milliseconds);
    this.#waiting.delete(milliseconds);
    resolve?.();
  }
}
