import { setImmediate as turn } from "node:timers/promises";
import type { RunRegistry } from "./run-registry.ts";

/**
 * Settled when nothing happens any more before a time comes, a message, or a request's answer.
 * @param isClosed then nothing happens either, whatever was under way
 */
export async function whenIdle(
  { activity, committer, wakeups }: RunRegistry,
  isClosed: () => boolean,
): Promise<void> {
  const isIdle = (): boolean =>
    isClosed() || (activity.computing === 0 && !committer.busy && !wakeups.busy);
  do {
    await activity.until(isIdle);
    // What a timer or an answer has just set off may be on its way still, in a promise.
    await turn();
  } while (!isIdle());
}

/** Settled when no request of a guest is under way, and all answers are durable. */
export async function whenSaved({ activity, committer }: RunRegistry): Promise<void> {
  do {
    await activity.until(() => activity.requesting === 0);
    // An answer that just came is noted, and a request whose intent just became durable sent, in this turn.
    await turn();
  } while (activity.requesting > 0);
  await committer.flush();
}
