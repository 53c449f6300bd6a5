import type { AttemptEnd } from "./open-task.ts";

/** Is told what happens in the queues, for example for metrics. */
export interface ActivityObserver {
  /** Called when a workflow calls an activity, or still waits for one that it called before a restart. */
  activityCalled?(queue: string, activity: string): void;
  /** @param milliseconds how long the attempt took */
  activityAttemptEnded?(
    queue: string,
    activity: string,
    end: AttemptEnd,
    milliseconds: number,
  ): void;
}
