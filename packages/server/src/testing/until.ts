import { TestRunner } from "vitest";

/** Waits for one turn of the event loop. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/**
 * Waits turn by turn until the condition holds.
 *
 * @param signal ends the wait. Default: the end of the test, which may time out.
 * @throws the signal's reason
 */
export async function until(
  condition: () => boolean,
  signal: AbortSignal | undefined = TestRunner.getCurrentTest()?.context.signal,
): Promise<void> {
  while (!condition()) {
    signal?.throwIfAborted();
    await turn();
  }
}

/**
 * The reason a promise is rejected with. Call it before the code that causes the rejection: an unhandled rejection ends
 * the process.
 */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("the promise was fulfilled, not rejected");
}

/** Whether a promise settles through work already in progress, without time passing. */
export async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const state = { settled: false };
  const settle = (): void => {
    state.settled = true;
  };
  promise.then(settle, settle);
  for (let turns = 0; turns < 20 && !state.settled; turns += 1) {
    await turn();
  }
  return state.settled;
}
