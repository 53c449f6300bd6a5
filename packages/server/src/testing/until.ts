/** Lets the event loop go round once. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Lets the event loop go round until the condition holds; the test's own time limit ends a vain wait. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) {
    await turn();
  }
}

/**
 * What a promise is rejected with. To be asked for before what makes it so: a rejection that nobody listens to ends
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

/** Whether a promise is settled by what is under way already, without any time passing. */
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
