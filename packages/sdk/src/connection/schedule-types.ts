/**
 * What to do at a time when an earlier start of the same schedule is still running. `"skip"`: nothing is started.
 * `"bufferOne"`: one start waits until the earlier ones have ended; more are skipped. `"allow"`: it is started
 * concurrently. `"cancelOther"`: they are asked to cancel, and it is started as soon as they have ended.
 */
export type ScheduleOverlap = "skip" | "bufferOne" | "allow" | "cancelOther";

/** The outcome of one of a schedule's times. Times are ISO 8601. */
export interface ScheduleStart {
  /** The scheduled time; for a manual start, the time of the request. */
  readonly at: string;
  /** Whether the time came, or the start was requested: manually, or for past times. */
  readonly kind: "time" | "trigger" | "backfill";
  /** When the outcome was decided. */
  readonly decidedAt: string;
  /** `"waiting"`: it starts when earlier starts have ended. `"failed"`: there was nothing to start. */
  readonly outcome: "started" | "waiting" | "skipped" | "failed";
  /** The workflow's id; `null` if none was started. */
  readonly workflow: string | null;
  /** Why it failed. */
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** What a schedule has done so far. */
export interface ScheduleCounts {
  readonly started: number;
  /** Times that were skipped because earlier starts were still running. */
  readonly skipped: number;
  /**
   * Times that could not be started within `catchUpMs`; after very long downtime, only the first thousand are counted.
   */
  readonly missed: number;
  /** Times for which there was nothing to start. */
  readonly failed: number;
}

/** A schedule. Times are ISO 8601. */
export interface ScheduleInfo {
  readonly name: string;
  /** A cron expression; `null` if it has an interval. */
  readonly cron: string | null;
  /** The cron expression's time zone, an IANA name; `null` without a cron expression. */
  readonly timeZone: string | null;
  /** The interval between two times, in milliseconds; `null` if it has a cron expression. */
  readonly everyMs: number | null;
  /** A time from which the intervals are counted, in both directions; `null` if it has a cron expression. */
  readonly anchor: string | null;
  readonly module: string;
  /** `null`: the version that was deployed last, at the time of each start. */
  readonly version: string | null;
  readonly workflow: string;
  readonly overlap: ScheduleOverlap;
  /** How late a missed time may still be started, in milliseconds. */
  readonly catchUpMs: number;
  /** Each start is delayed by up to this many milliseconds, always by the same amount for the same time. */
  readonly jitterMs: number;
  /** Since when it is paused; `null` if it is not paused. */
  readonly pausedAt: string | null;
  /** After this time nothing is due any more; `null` for no end. */
  readonly endsAt: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** The next due time; `null` if there is none, such as while paused. */
  readonly nextAt: string | null;
  /** The ids of workflows that it started and that had not ended at its last check. */
  readonly running: readonly string[];
  /** The time of the start that waits for those to end. */
  readonly waitingAt: string | null;
  readonly counts: ScheduleCounts;
}

/** A schedule with all details. */
export interface ScheduleDescription extends ScheduleInfo {
  /** JSON text. */
  readonly input: string;
  /** The next due times, without jitter. */
  readonly next: readonly string[];
  /** The outcomes of the last times, newest first. */
  readonly last: readonly ScheduleStart[];
}

/** One page of a list of schedules, by name. */
export interface SchedulePage {
  readonly schedules: readonly ScheduleInfo[];
  /** Fetches the next page; `null` on the last one. */
  readonly cursor: string | null;
}

/** The outcome of a backfill. */
export interface ScheduleBackfill {
  /** The number of times that were started. */
  readonly started: number;
  /** The number of times that had already been started. */
  readonly startedBefore: number;
}
