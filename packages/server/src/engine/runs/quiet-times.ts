import { setImmediate as turn } from "node:timers/promises";
import type { RunRegistry } from "./run-registry.ts";

/**
 * Settles when nothing more can happen before a time, a message or the response of a request comes.
 * @param isClosed whether the engine is closed; then nothing more happens, whatever was under way
 */
export async function whenIdle(
  { activity, committer, wakeups }: RunRegistry,
  isClosed: () => boolean,
): Promise<void> {
  const isIdle = (): boolean =>
    isClosed() || (activity.computing === 0 && !committer.busy && !wakeups.busy);
  do {
    await activity.until(isIdle);
    // What a timer or an answer has just set off may still be on its way, in a promise.
    await turn();
  } while (!isIdle());
}

/**
 * Settles when no request of a guest is under way and all answers are durable.
 * @param waitsFor `intents` waits only until the intents that are on their way are saved
 */
export async function whenSaved(
  { activity, committer }: RunRegistry,
  waitsFor: "requests" | "intents",
): Promise<void> {
  const underWay = (): number =>
    waitsFor === "requests" ? activity.requesting : activity.intending;
  do {
    await activity.until(() => underWay() === 0);
    // In this turn, an answer that just came is recorded, and a request whose intent just became durable is sent.
    await turn();
  } while (underWay() > 0);
  await committer.flush();
}
