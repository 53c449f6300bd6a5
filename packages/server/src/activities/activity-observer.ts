import type { AttemptEnd } from "./open-task.ts";

/** Hears what happens in the queues, as metrics do. */
export interface ActivityObserver {
  /** A workflow calls an activity, or still waits for one that it called before a restart. */
  activityCalled?(queue: string, activity: string): void;
  /** @param milliseconds how long the attempt took */
  activityAttemptEnded?(
    queue: string,
    activity: string,
    end: AttemptEnd,
    milliseconds: number,
  ): void;
}
