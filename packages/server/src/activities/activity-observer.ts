import type { AttemptEnd } from "./open-task.ts";

/** Hears what happens in the queues, as metrics do. */
export interface ActivityObserver {
  /** @param milliseconds how long the attempt took */
  activityAttemptEnded?(
    queue: string,
    activity: string,
    end: AttemptEnd,
    milliseconds: number,
  ): void;
}
