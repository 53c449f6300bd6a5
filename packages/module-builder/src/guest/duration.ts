import type { DurationLike } from "@flawless-ts/wasm-module";
import { part } from "./part-loader.ts";

/**
 * A duration in milliseconds. Strings are parsed by the library, which knows the units.
 *
 * @throws {TypeError} for anything but a duration, or if it is too long.
 */
export function parseDuration(duration: DurationLike): number {
  return typeof duration === "number" && duration >= 0 && duration <= Number.MAX_SAFE_INTEGER
    ? duration
    : part("durations").parseDuration(duration);
}
