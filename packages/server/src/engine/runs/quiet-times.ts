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

/**
 * Settled when no request of a guest is under way, and all answers are durable.
 * @param waitsFor intents: only until those are saved that are on their way
 */
export async function whenSaved(
  { activity, committer }: RunRegistry,
  waitsFor: "requests" | "intents",
): Promise<void> {
  const underWay = (): number =>
    waitsFor === "requests" ? activity.requesting : activity.intending;
  do {
    await activity.until(() => underWay() === 0);
    // An answer that just came is noted, and a request whose intent just became durable sent, in this turn.
    await turn();
  } while (underWay() > 0);
  await committer.flush();
}
