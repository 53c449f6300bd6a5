import { setTimeout as sleep } from "node:timers/promises";

/** How to close a service. */
export interface CloseOptions {
  /** For how long what is under way may go on, in milliseconds. Default 4,000. */
  readonly graceMs?: number | undefined;
}

/** The default of {@link CloseOptions}, in milliseconds. */
export const defaultGraceMs = 4_000;

/** A service's threads do not keep the process alive: it would end in the middle of `work`. */
export async function stayingAlive<T>(work: () => Promise<T>): Promise<T> {
  const hold = setInterval(() => undefined, 60_000);
  try {
    return await work();
  } finally {
    clearInterval(hold);
  }
}

/** Waits until `work` is settled, but no longer than so many milliseconds. */
export async function settledWithin(work: Promise<unknown>, milliseconds: number): Promise<void> {
  const timer = new AbortController();
  const timeUp = sleep(milliseconds, undefined, { signal: timer.signal }).catch(() => undefined);
  await Promise.race([work, timeUp]);
  timer.abort();
}
