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

/** Whether a promise is settled by what is under way already, without any time passing. */
export async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const settle = (): void => {
    settled = true;
  };
  promise.then(settle, settle);
  for (let turns = 0; turns < 20 && !settled; turns += 1) {
    await turn();
  }
  return settled;
}
