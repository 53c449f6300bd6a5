import type { HandedOutActivity } from "@flawless-ts/sdk/internal";

/** An open poll for tasks at one node. */
export interface Asker {
  readonly answer: Promise<readonly HandedOutActivity[]>;
  /** Ends the poll soon, with the tasks that it has so far. */
  takeBack(): Promise<void>;
}

/**
 * Waits for the first poll, takes the other polls back, and returns the tasks of all, so that the worker gets every
 * task that was handed out.
 *
 * @throws the reason if the first poll to end rejects
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
