import type { Clock } from "../../time/clock.ts";
import type { Activity } from "./activity.ts";

/** The delay after the store could not be read. */
const askAgainMs = 1_000;

/** What this function needs of the engine. */
export interface AskingServices {
  readonly clock: Clock;
  readonly activity: Pick<Activity, "change">;
  failed(error: unknown): void;
}

/**
 * Asks something that needs a read of the store. Retries for as long as someone waits.
 * @param ask gets a function that tells whether someone still waits
 * @returns a function that stops it
 */
export function askUntilAnswered(
  { activity, clock, failed }: AskingServices,
  isWanted: () => boolean,
  ask: (isOpen: () => boolean) => Promise<void>,
): () => void {
  let isCancelled = false;
  let cancelTimer = (): void => undefined;
  const isOpen = (): boolean => isWanted() && !isCancelled;
  const askOnce = (): void => {
    if (!isOpen()) {
      return;
    }
    activity.change("computing", 1);
    ask(isOpen)
      .catch((error: unknown) => {
        failed(error);
        cancelTimer = clock.setTimer(clock.now() + askAgainMs, askOnce);
      })
      .finally(() => activity.change("computing", -1));
  };
  askOnce();
  return () => {
    isCancelled = true;
    cancelTimer();
  };
}
