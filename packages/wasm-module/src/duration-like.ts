import ms, { type StringValue } from "ms";

/** Units of time that a {@link DurationLike} may have. A year has 365.25 days. */
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
 * Milliseconds of a span of time.
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

/** Callers without types pass other things, too. */
function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 100));
  return (typeof value === "object" && value !== null) || typeof value === "function"
    ? Object.prototype.toString.call(value)
    : String(value);
}

function parseText(text: unknown): number {
  // `ms` throws for text that is empty or very long, takes a number without a unit for milliseconds, and gives
  // undefined for what is no span of time.
  return typeof text === "string" && text.length <= 100 && /[a-z]$/i.test(text)
    ? (ms(text as StringValue) ?? Number.NaN)
    : Number.NaN;
}
