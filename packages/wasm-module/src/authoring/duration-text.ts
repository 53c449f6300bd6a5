import ms, { type StringValue } from "ms";

/** A span of time: milliseconds, or text such as "90 seconds", "1.5 hours" or "3 days". */
export type DurationLike = number | StringValue;

/**
 * Milliseconds of a span of time.
 *
 * @throws {TypeError} when it is negative, not finite, or text that tells no span of time.
 */
export function durationMilliseconds(duration: DurationLike): number {
  const milliseconds = typeof duration === "number" ? duration : parse(duration);
  if (milliseconds >= 0 && milliseconds < Infinity) {
    return milliseconds;
  }
  throw new TypeError(
    `expected a duration in milliseconds, or as text such as "3 days", but got ${JSON.stringify(duration)}`,
  );
}

function parse(text: string): number {
  // `ms` throws for text that is empty or very long, and gives undefined for what is no span of time.
  return text === "" || text.length > 100 ? Number.NaN : (ms(text as StringValue) ?? Number.NaN);
}
