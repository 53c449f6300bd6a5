import type { DurationLike } from "@flawless-ts/wasm-module";
import { parseDuration } from "@flawless-ts/wasm-module/internal";
import { TestkitError } from "./errors.ts";

/** @throws TestkitError `TESTKIT_INVALID_OPTION` */
export function toMilliseconds(duration: DurationLike | Date): number {
  if (duration instanceof Date) {
    throw new TestkitError(
      "TESTKIT_INVALID_OPTION",
      "expected a duration, but got a Date; skip the milliseconds until then: date.getTime() - env.now",
    );
  }
  try {
    return parseDuration(duration);
  } catch (error) {
    throw new TestkitError("TESTKIT_INVALID_OPTION", (error as TypeError).message);
  }
}
