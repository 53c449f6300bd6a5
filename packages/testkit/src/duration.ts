import type { DurationLike } from "@flawless-ts/wasm-module";
import { parseDuration } from "@flawless-ts/wasm-module/internal";
import { InvalidOptionError } from "@flawless-ts/wasm-module";

/** @throws InvalidOptionError */
export function toMilliseconds(duration: DurationLike | Date): number {
  if (duration instanceof Date) {
    throw new InvalidOptionError(
      "duration",
      "expected a duration, but got a Date. Skip the milliseconds until then: date.getTime() - env.now.",
    );
  }
  try {
    return parseDuration(duration);
  } catch (error) {
    throw new InvalidOptionError("duration", `${(error as TypeError).message}.`);
  }
}
