import ms from "ms";
import { TestkitError } from "./errors.ts";

/** Milliseconds, or text as the package `ms` reads it: "36 hours", "2d", "1.5 s". */
export type DurationLike = number | string;

/** @throws TestkitError `TESTKIT_INVALID_OPTION` */
export function toMilliseconds(duration: DurationLike): number {
  const milliseconds =
    typeof duration === "number"
      ? duration
      : typeof duration === "string"
        ? parse(duration)
        : Number.NaN;
  if (!Number.isFinite(milliseconds) || milliseconds < 0) {
    throw new TestkitError(
      "TESTKIT_INVALID_OPTION",
      `expected a duration in milliseconds or a text such as "36 hours", but got ${describe(duration)}`,
    );
  }
  return milliseconds;
}

function parse(text: string): number {
  // The package throws for an empty or very long text, and gives undefined for one that is no duration.
  return text === "" || text.length > 100 ? Number.NaN : (ms(text as ms.StringValue) ?? Number.NaN);
}

/** Callers without types pass other things, too. */
function describe(duration: unknown): string {
  if (duration instanceof Date) {
    return "a Date; skip the milliseconds until then: date.getTime() - env.now";
  }
  return typeof duration === "string" ? JSON.stringify(duration) : String(duration);
}
