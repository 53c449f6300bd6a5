import type { DurationLike } from "@flawless-ts/wasm-module";
import { part } from "./part-loader.ts";

/**
 * Milliseconds of a span of time: of a text by way of the library, where the units are.
 *
 * @throws {TypeError} for what is no span of time, or too long a one.
 */
export function parseDuration(duration: DurationLike): number {
  return typeof duration === "number" && duration >= 0 && duration <= Number.MAX_SAFE_INTEGER
    ? duration
    : part("durations").parseDuration(duration);
}
