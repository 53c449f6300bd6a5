/** The units of time in a {@link DurationLike}. A year has 365.25 days. */
export type DurationUnit =
  | "ms"
  | "millisecond"
  | "milliseconds"
  | "s"
  | "sec"
  | "secs"
  | "second"
  | "seconds"
  | "m"
  | "min"
  | "mins"
  | "minute"
  | "minutes"
  | "h"
  | "hr"
  | "hrs"
  | "hour"
  | "hours"
  | "d"
  | "day"
  | "days"
  | "w"
  | "week"
  | "weeks"
  | "y"
  | "yr"
  | "yrs"
  | "year"
  | "years";

/** A span of time: milliseconds, or text such as "90 seconds", "1.5 hours", "3 days" or "3d". */
export type DurationLike = number | `${number}${"" | " "}${DurationUnit}`;

/** In milliseconds; 285,000 years. */
export const maxDurationMs: number = Number.MAX_SAFE_INTEGER;

/**
 * Converts a span of time to milliseconds.
 *
 * @throws {TypeError} when it is negative, longer than 2^53 - 1 milliseconds, or text without a number and a unit.
 */
export function parseDuration(duration: DurationLike): number {
  const milliseconds = typeof duration === "number" ? duration : parseText(duration);
  if (milliseconds >= 0 && milliseconds <= maxDurationMs) {
    return milliseconds;
  }
  throw new TypeError(
    `expected a duration in milliseconds, or as text such as "3 days", of up to 285,000 years, but got ${describe(duration)}`,
  );
}

/** Callers without types may pass anything. */
function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 100));
  return (typeof value === "object" && value !== null) || typeof value === "function"
    ? Object.prototype.toString.call(value)
    : String(value);
}

const millisecondsOf: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_557_600_000,
};

// A few lines instead of a library, because they are in each bundled client and each workflow.
const text =
  /^(\d*\.?\d+) *(ms|s|m|h|d|w|y|milliseconds?|secs?|seconds?|mins?|minutes?|hrs?|hours?|days?|weeks?|yrs?|years?)$/;

function parseText(given: unknown): number {
  if (typeof given !== "string" || given.length > 100) return Number.NaN;
  const [, number, unit = ""] = text.exec(given.toLowerCase()) ?? [];
  const short = unit.startsWith("milli") ? "ms" : unit.slice(0, 1);
  return Number(number) * (millisecondsOf[unit] ?? millisecondsOf[short] ?? Number.NaN);
}
