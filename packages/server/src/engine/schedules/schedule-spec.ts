import type { ScheduleOverlap } from "@flawless-ts/sdk";
import type { ScheduleChanges, ScheduleRequest } from "@flawless-ts/sdk/internal";
import { EngineError } from "../../errors.ts";
import type { EngineLimits } from "../limits.ts";
import { UnknownTimeZoneError } from "./times/time-zone.ts";
import { ScheduleTimes, type Timing } from "./times/schedule-times.ts";

/** The definition of a schedule, as stored. Times are milliseconds since the Unix epoch. */
export interface ScheduleSpec extends Timing {
  readonly module: string;
  /** Null: the version that was deployed last. */
  readonly version: string | null;
  readonly workflow: string;
  readonly overlap: ScheduleOverlap;
  readonly catchUpMs: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

const minuteMs = 60_000;
const dayMs = 1_440 * minuteMs;
const defaultCatchUpMs = dayMs;
/** A start is hardly ever in the exact millisecond, and replacing a failed node takes seconds. */
const minCatchUpMs = 10_000;
const maxCatchUpMs = 366 * dayMs;
const maxJitterMs = dayMs;
const maxEveryMs = 36_525 * dayMs;
/** The max number of times that may be started late. */
const maxCaughtUp = 100_000;
const lastMoment = 8.64e15;

const timingNames = ["cron", "timeZone", "everyMs", "anchor", "jitterMs", "endsAt"] as const;

/** @throws EngineError `INVALID_REQUEST` */
export function specOf(
  name: string,
  request: ScheduleRequest,
  now: number,
  limits: Pick<EngineLimits, "scheduleIntervalMs">,
): ScheduleSpec {
  const { cron = null, everyMs = null, timeZone = null, anchor = null } = request;
  if ((cron === null) === (everyMs === null)) {
    throw refused(
      cron === null
        ? "Expected a cron expression or a span of time (everyMs) that tells when it starts."
        : "Expected a cron expression or a span of time (everyMs), but got both.",
    );
  }
  if (cron === null && timeZone !== null) {
    throw refused("A time zone goes with a cron expression: equal spans of time know none.");
  }
  if (cron !== null && anchor !== null) {
    throw refused("An anchor goes with a span of time (everyMs), not with a cron expression.");
  }
  const spec: ScheduleSpec = {
    cron,
    timeZone: cron === null ? null : (timeZone ?? "UTC"),
    everyMs: everyMs === null ? null : spanOf("everyMs", everyMs, 1, maxEveryMs),
    anchor: everyMs === null ? null : (timeOf("anchor", anchor) ?? 0),
    jitterMs: spanOf("jitterMs", request.jitterMs ?? 0, 0, maxJitterMs),
    pausedAt: timeOf("pausedAt", request.pausedAt ?? null),
    endsAt: timeOf("endsAt", request.endsAt ?? null),
    module: request.module,
    version: request.version ?? null,
    workflow: request.workflow,
    overlap: request.overlap ?? "skip",
    catchUpMs: spanOf(
      "catchUpMs",
      request.catchUpMs ?? defaultCatchUpMs,
      minCatchUpMs,
      maxCatchUpMs,
    ),
    createdAt: now,
    updatedAt: now,
  };
  assertTimes(timesOf(name, spec), spec, now, limits);
  return spec;
}

/**
 * The definition after a change.
 * @returns also whether its times differ from before
 * @throws EngineError `INVALID_REQUEST`
 */
export function changedSpec(
  name: string,
  before: ScheduleSpec,
  changes: ScheduleChanges,
  now: number,
  limits: Pick<EngineLimits, "scheduleIntervalMs">,
): { readonly spec: ScheduleSpec; readonly hasOtherTimes: boolean } {
  const given = Object.fromEntries(
    Object.entries(changes).filter(([, value]) => value !== undefined),
  ) as ScheduleChanges;
  // A cron expression replaces a span, and vice versa.
  const { cron, timeZone, everyMs, anchor, ...rest } = requestOf(before);
  const kept = {
    ...rest,
    ...(given.everyMs === undefined ? { cron, timeZone } : {}),
    ...(given.cron === undefined ? { everyMs, anchor } : {}),
  };
  const spec = {
    ...specOf(name, { ...kept, ...given }, now, limits),
    createdAt: before.createdAt,
  };
  const hasOtherTimes =
    spec.catchUpMs !== before.catchUpMs || timingNames.some((each) => spec[each] !== before[each]);
  return { spec, hasOtherTimes };
}

/** Whether a request to create a schedule matches the existing one, apart from when that was paused. */
export function isSameSpec(one: ScheduleSpec, other: ScheduleSpec): boolean {
  const compared = ({
    createdAt: _c,
    updatedAt: _u,
    pausedAt: _p,
    ...rest
  }: ScheduleSpec): string =>
    JSON.stringify(Object.entries(rest).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return compared(one) === compared(other);
}

/** @throws EngineError `INVALID_REQUEST` */
export function timesOf(name: string, spec: Timing): ScheduleTimes {
  try {
    return new ScheduleTimes(name, spec);
  } catch (error) {
    const { message } = error as Error;
    throw refused(
      error instanceof UnknownTimeZoneError
        ? `Expected a time zone by its name in the IANA database, such as Europe/Berlin, but got ${JSON.stringify(spec.timeZone?.slice(0, 100))}.`
        : `${JSON.stringify(spec.cron?.slice(0, 200))} is no cron expression: ${message}.`,
      error,
    );
  }
}

function assertTimes(
  times: ScheduleTimes,
  { catchUpMs, jitterMs }: ScheduleSpec,
  now: number,
  { scheduleIntervalMs }: Pick<EngineLimits, "scheduleIntervalMs">,
): void {
  if (!times.isEverDue(now)) {
    throw refused("The cron expression names a day that never comes.");
  }
  const span = times.shortestSpan(now);
  if (span === undefined) {
    return;
  }
  if (span < scheduleIntervalMs) {
    throw refused(
      `There are only ${span} ms between two times, but the limit scheduleIntervalMs allows no less than ${scheduleIntervalMs}.`,
    );
  }
  if (jitterMs > span) {
    throw refused(
      `Expected a jitter of no more than the ${span} ms between two times, but got ${jitterMs}.`,
    );
  }
  if (catchUpMs / span > maxCaughtUp) {
    throw refused(
      `With one time each ${span} ms, up to ${maxCaughtUp} missed ones may be started late: expected a catchUpMs of no more than ${span * maxCaughtUp}, but got ${catchUpMs}.`,
    );
  }
}

function requestOf(spec: ScheduleSpec): ScheduleRequest {
  const iso = (time: number | null): string | undefined =>
    time === null ? undefined : new Date(time).toISOString();
  const { createdAt: _createdAt, updatedAt: _updatedAt, ...rest } = spec;
  return {
    ...rest,
    cron: spec.cron ?? undefined,
    timeZone: spec.timeZone ?? undefined,
    everyMs: spec.everyMs ?? undefined,
    anchor: iso(spec.anchor),
    pausedAt: iso(spec.pausedAt),
    endsAt: iso(spec.endsAt),
  };
}

/** @throws EngineError `INVALID_REQUEST` */
export function timeOf(what: string, time: string | null): number | null {
  if (time === null) {
    return null;
  }
  const milliseconds = /^\d{4}-\d{2}-\d{2}T.*(?:Z|[+-]\d{2}:\d{2})$/i.test(time)
    ? Date.parse(time)
    : Number.NaN;
  if (!(Math.abs(milliseconds) < lastMoment)) {
    throw refused(
      `Expected a time such as 2026-01-02T03:04:05Z for ${what}, but got ${JSON.stringify(time.slice(0, 100))}.`,
    );
  }
  return milliseconds;
}

function spanOf(what: string, span: number, min: number, max: number): number {
  if (!Number.isSafeInteger(span) || span < min || span > max) {
    throw refused(
      `Expected a whole number of milliseconds from ${min} to ${max} for ${what}, but got ${span}.`,
    );
  }
  return span;
}

export function refused(message: string, cause?: unknown): EngineError {
  return new EngineError("INVALID_REQUEST", message, { cause });
}
