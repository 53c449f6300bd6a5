/**
 * What becomes of a time at which an earlier start of the same schedule still runs. `"skip"`: nothing is started.
 * `"bufferOne"`: one start waits until the earlier ones have ended; further ones are skipped. `"allow"`: it is started beside
 * them. `"cancelOther"`: they are asked to cancel, and it is started as soon as they have ended.
 */
export type ScheduleOverlap = "skip" | "bufferOne" | "allow" | "cancelOther";

/** What a schedule made of one of its times. Times are ISO 8601. */
export interface ScheduleStart {
  /** The time that it is about; of a start by hand, when it was asked for. */
  readonly at: string;
  /** Whether the time came, or somebody asked for the start: now, or for times that had passed. */
  readonly kind: "time" | "trigger" | "backfill";
  /** When that was decided. */
  readonly decidedAt: string;
  /** `"waiting"`: it begins when earlier starts have ended. `"failed"`: there was nothing that could be started. */
  readonly outcome: "started" | "waiting" | "skipped" | "failed";
  /** The workflow's id; `null` where none was started. */
  readonly workflow: string | null;
  /** Why it failed. */
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** What a schedule did so far. */
export interface ScheduleCounts {
  readonly started: number;
  /** Times that were left out because earlier starts still ran. */
  readonly skipped: number;
  /** Times that could not be started within `catchUpMs`; after a very long stop, the first thousand of them. */
  readonly missed: number;
  /** Times for which there was nothing that could be started. */
  readonly failed: number;
}

/** A schedule. Times are ISO 8601. */
export interface ScheduleInfo {
  readonly name: string;
  /** A cron expression; `null` where it starts after equal spans of time. */
  readonly cron: string | null;
  /** Of the cron expression: a name of the IANA database; `null` where there is none. */
  readonly timeZone: string | null;
  /** The span between two times, in milliseconds; `null` where it has a cron expression. */
  readonly everyMs: number | null;
  /** A time from which the spans are counted, in both directions; `null` where it has a cron expression. */
  readonly anchor: string | null;
  readonly module: string;
  /** `null`: the version that was deployed last, at the time of each start. */
  readonly version: string | null;
  readonly workflow: string;
  readonly overlap: ScheduleOverlap;
  /** How late a time that was missed may still be started, in milliseconds. */
  readonly catchUpMs: number;
  /** Each start is put off by a part of that, in milliseconds, which is the same for the same time. */
  readonly jitterMs: number;
  /** From when on nothing is started; `null` where it is not paused. */
  readonly pausedAt: string | null;
  /** After which no time is due any more; `null` where it goes on. */
  readonly endsAt: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** The next time that is due; `null` where there is none, as where it is paused. */
  readonly nextAt: string | null;
  /** Ids of workflows that it started, and that had not ended when it last looked. */
  readonly running: readonly string[];
  /** The time of the start that waits for those to end. */
  readonly waitingAt: string | null;
  readonly counts: ScheduleCounts;
}

/** All of a schedule. */
export interface ScheduleDescription extends ScheduleInfo {
  /** JSON text. */
  readonly input: string;
  /** The next times that are due, without jitter. */
  readonly next: readonly string[];
  /** What became of the last times, newest first. */
  readonly last: readonly ScheduleStart[];
}

/** One page of a list of schedules, by name. */
export interface SchedulePage {
  readonly schedules: readonly ScheduleInfo[];
  /** Fetches the next page; `null` on the last one. */
  readonly cursor: string | null;
}

/** What starting the times of a range again did. */
export interface ScheduleBackfill {
  /** How many of them were started. */
  readonly started: number;
  /** How many had a start already. */
  readonly startedBefore: number;
}
