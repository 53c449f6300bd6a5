import { captureTimers, type Timers } from "@flawless-ts/server";

/**
 * The machine's own timers, taken when this module is loaded: `vi.useFakeTimers()` in a test stops neither the engine
 * nor the skipping of its time.
 */
export const realTimers: Timers = captureTimers();

/** Settled in the next turn of the event loop. */
export async function nextTurn(): Promise<void> {
  await new Promise<void>((resolve) => realTimers.setImmediate(resolve));
}

/** Settled after so many milliseconds of real time. */
export async function realPause(milliseconds: number): Promise<void> {
  await new Promise<void>((resolve) => {
    realTimers.setTimeout(resolve, milliseconds);
  });
}
