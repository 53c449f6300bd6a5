import type { Clock } from "../../time/clock.ts";
import type { Activity } from "./activity.ts";

/** After the store could not be read. */
const askAgainMs = 1_000;

/** What it needs of the engine. */
export interface AskingServices {
  readonly clock: Clock;
  readonly activity: Pick<Activity, "change">;
  failed(error: unknown): void;
}

/**
 * Asks something that the store has to be read for: again and again where that fails, as long as someone waits.
 * @param ask told how to find out whether someone still waits
 * @returns ends it
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
