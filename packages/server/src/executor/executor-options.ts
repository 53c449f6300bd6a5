import { InvalidOptionError } from "@flawless-ts/wasm-module";
import { optionNames, refuseUnknownOptions } from "@flawless-ts/wasm-module/internal";

/** How many threads run guests, how long a guest may compute, and how much memory all may use together. */
export interface ExecutorOptions {
  /** Default: one per core, at least two, so that one spinning guest never blocks all others. */
  readonly threads?: number | undefined;
  /**
   * Milliseconds that a guest may compute without a host call before it is stopped and its workflow
   * fails. Time while the whole process is stopped or suspended doesn't count. Default: 10,000.
   */
  readonly guestTimeLimitMs?: number | undefined;
  /**
   * Milliseconds after which the neighbours of a guest that computes without a host call are moved to
   * other threads. Default: 250.
   */
  readonly moveNeighboursAfterMs?: number | undefined;
  /**
   * Bytes of memory that the whole process may use. Near this limit, waiting guests are evicted from memory; beyond
   * it, the guest that has computed longest without a host call is stopped, and its workflow fails. Default: 80 % of
   * the memory of the machine or the container.
   */
  readonly processMemoryBytes?: number | undefined;
}

const names = optionNames<ExecutorOptions>({
  threads: true,
  guestTimeLimitMs: true,
  moveNeighboursAfterMs: true,
  processMemoryBytes: true,
});

/** The names of all {@link ExecutorOptions}. */
export const executorLimits = Object.keys(names) as readonly (keyof ExecutorOptions)[];

/**
 * @param more names of further allowed options
 * @throws InvalidOptionError if an option is unknown or not a whole number above 0
 */
export function checkExecutorOptions(options: ExecutorOptions, more: readonly string[] = []): void {
  const known = { ...names, ...Object.fromEntries(more.map((name) => [name, true] as const)) };
  refuseUnknownOptions(options, known, "executors");
  for (const name of executorLimits) {
    const value = options[name];
    if (value !== undefined && !(Number.isSafeInteger(value) && value > 0)) {
      throw new InvalidOptionError(
        `executors.${name}`,
        `expected a whole number above 0, but got ${String(value)}.`,
      );
    }
  }
}
