import type { HandedOutActivity } from "@flawless-ts/sdk/internal";

/** A question for tasks that is open at one node. */
export interface Asker {
  readonly answer: Promise<readonly HandedOutActivity[]>;
  /** Makes it be answered soon, with what it has got so far. */
  takeBack(): Promise<void>;
}

/**
 * Waits for the first answer, takes the other questions back, and gives the tasks of all: none is handed out that the worker
 * does not get.
 *
 * @throws what the first answer was rejected with
 */
export async function askAll(
  askers: readonly Asker[],
  signal: AbortSignal | undefined,
): Promise<readonly HandedOutActivity[]> {
  const gone = Promise.withResolvers<void>();
  const leave = (): void => gone.resolve();
  signal?.addEventListener("abort", leave, { once: true });
  const answers = askers.map(({ answer }) => answer);
  const all = Promise.allSettled(answers);
  try {
    await Promise.race([...answers, gone.promise]);
  } finally {
    signal?.removeEventListener("abort", leave);
    await Promise.allSettled(askers.map((asker) => asker.takeBack()));
  }
  const settled = await all;
  return settled.flatMap((each) => (each.status === "fulfilled" ? each.value : []));
}
