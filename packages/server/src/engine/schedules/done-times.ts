import type { ScheduleTimes } from "./times/schedule-times.ts";

/** From one time to another, both included, in milliseconds since the Unix epoch. */
export type TimeRange = readonly [from: number, to: number];

/** The max number of stored ranges. If there are more, times between the two oldest count as decided too. */
const maxRanges = 10;
/** Missed times are counted up to this number. */
const maxCounted = 1_000;

type Times = Pick<ScheduleTimes, "next" | "startAt">;

/** What to do next. */
export type Outlook =
  | { readonly due: number }
  /** Nothing before that time; null: nothing at all. */
  | { readonly due: null; readonly lookAt: number | null };

/**
 * Finds the time that is due, from the times that are already decided. It does not matter how the clock got to `now`: a
 * time that is decided is never due again, and one that is not is due unless it is too late for it.
 */
export function outlook(
  times: Times,
  done: readonly TimeRange[],
  { catchUpMs, jitterMs }: { readonly catchUpMs: number; readonly jitterMs: number },
  now: number,
): Outlook {
  const earliest = now - catchUpMs;
  // Times before all that is decided are older than the schedule.
  let after = Math.max(earliest - jitterMs, done[0]?.[0] ?? -Infinity) - 1;
  for (;;) {
    after = rangeOf(done, after + 1)?.[1] ?? after;
    const time = times.next(after);
    if (time === undefined) {
      return { due: null, lookAt: null };
    }
    const startAt = times.startAt(time);
    if (rangeOf(done, time) !== undefined || startAt < earliest) {
      after = time;
    } else {
      return startAt > now ? { due: null, lookAt: startAt } : { due: time };
    }
  }
}

/** The next times that are due, as far as is known now. */
export function upcoming(
  times: Times,
  done: readonly TimeRange[],
  now: number,
  count: number,
): readonly number[] {
  const found: number[] = [];
  let time = times.next(now);
  while (time !== undefined && found.length < count) {
    const range = rangeOf(done, time);
    if (range === undefined) {
      found.push(time);
    }
    time = times.next(range?.[1] ?? time);
  }
  return found;
}

/** Whether a time is already decided. */
export function isDone(done: readonly TimeRange[], time: number): boolean {
  return rangeOf(done, time) !== undefined;
}

/** Adds one decided time. @returns also how many times were skipped since the last one before it, up to a thousand */
export function withTime(
  times: Times,
  done: readonly TimeRange[],
  time: number,
): { readonly done: readonly TimeRange[]; readonly missed: number } {
  const before = done.findLast(([, to]) => to < time);
  let missed = 0;
  if (before !== undefined) {
    for (let next = times.next(before[1]); next !== undefined && next < time;) {
      missed += 1;
      next = missed < maxCounted ? times.next(next) : undefined;
    }
  }
  return { done: withRange(times, done, [time, time]), missed };
}

/** Adds a range of decided times. */
export function withRange(
  times: Times,
  done: readonly TimeRange[],
  range: TimeRange,
): readonly TimeRange[] {
  const joined: TimeRange[] = [];
  for (const next of [...done, range].toSorted((a, b) => a[0] - b[0])) {
    const last = joined.at(-1);
    if (last !== undefined && (next[0] <= last[1] || isNothingBetween(times, last[1], next[0]))) {
      joined[joined.length - 1] = [last[0], Math.max(last[1], next[1])];
    } else {
      joined.push(next);
    }
  }
  while (joined.length > maxRanges) {
    const [first, second] = joined.splice(0, 2) as [TimeRange, TimeRange];
    joined.unshift([first[0], second[1]]);
  }
  return joined;
}

function isNothingBetween(times: Times, from: number, to: number): boolean {
  return (times.next(from) ?? Infinity) >= to;
}

function rangeOf(done: readonly TimeRange[], time: number): TimeRange | undefined {
  return done.find(([from, to]) => from <= time && time <= to);
}
