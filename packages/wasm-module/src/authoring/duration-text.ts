import ms, { type StringValue } from "ms";

/** A span of time: milliseconds, or text such as "90 seconds", "1.5 hours" or "3 days". */
export type DurationLike = number | StringValue;

/** In milliseconds; 285,000 years. */
export const longestDuration: number = Number.MAX_SAFE_INTEGER;

/**
 * Milliseconds of a span of time.
 *
 * @throws {TypeError} when it is negative, longer than 2^53 - 1 milliseconds, or text that tells no span of time.
 */
export function durationMilliseconds(duration: DurationLike): number {
  const milliseconds = typeof duration === "number" ? duration : parse(duration);
  if (milliseconds >= 0 && milliseconds <= longestDuration) {
    return milliseconds;
  }
  const got = typeof duration === "string" ? JSON.stringify(duration) : describe(duration);
  throw new TypeError(
    `expected a duration in milliseconds, or as text such as "3 days", of up to 285,000 years, but got ${got}`,
  );
}

function describe(value: unknown): string {
  return typeof value === "object" || typeof value === "function"
    ? Object.prototype.toString.call(value)
    : String(value);
}

function parse(text: unknown): number {
  if (typeof text !== "string") return Number.NaN;
  // `ms` throws for text that is empty or very long, and gives undefined for what is no span of time.
  return text === "" || text.length > 100 ? Number.NaN : (ms(text as StringValue) ?? Number.NaN);
}
