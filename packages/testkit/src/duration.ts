import ms from "ms";
import { TestkitError } from "./errors.ts";

/** Milliseconds, or text as the package `ms` reads it: "36 hours", "2d", "1.5 s". */
export type DurationLike = number | string;

/** @throws TestkitError `TESTKIT_INVALID_OPTION` */
export function toMilliseconds(duration: DurationLike): number {
  const milliseconds = typeof duration === "number" ? duration : parse(duration);
  if (!Number.isFinite(milliseconds) || milliseconds < 0) {
    throw new TestkitError(
      "TESTKIT_INVALID_OPTION",
      `expected a duration in milliseconds or a text such as "36 hours", but got ${JSON.stringify(duration)}`,
    );
  }
  return milliseconds;
}

function parse(text: string): number {
  // The package throws for an empty or very long text, and gives undefined for one that is no duration.
  return text === "" || text.length > 100 ? Number.NaN : (ms(text as ms.StringValue) ?? Number.NaN);
}
