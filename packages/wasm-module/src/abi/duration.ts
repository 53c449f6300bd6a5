import { AbiError } from "./abi-error.ts";

/** A span of time like Rust's `std::time::Duration`. */
export interface Duration {
  /** Whole seconds, 0 to 2^64 - 1. */
  readonly secs: bigint;
  /** The rest, 0 to 999,999,999 nanoseconds. */
  readonly nanos: number;
}

/** The largest unsigned 64-bit integer. */
export const maxU64: bigint = 2n ** 64n - 1n;

/** Nanoseconds in a second. */
export const nanosPerSecond = 1_000_000_000;

const nanosPerMillisecond = 1_000_000;
const maxMilliseconds = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * `duration` in whole milliseconds, rounded up, so that no timer fires early. The max is `Number.MAX_SAFE_INTEGER`
 * (285,000 years).
 */
export function durationToMilliseconds(duration: Duration): number {
  const milliseconds =
    duration.secs * 1000n + BigInt(Math.ceil(duration.nanos / nanosPerMillisecond));
  return milliseconds > maxMilliseconds ? Number.MAX_SAFE_INTEGER : Number(milliseconds);
}

/**
 * The duration of this many milliseconds, precise to the nanosecond.
 *
 * @throws {AbiError} `FLAWLESS_ABI_UNENCODABLE` if `milliseconds` is negative, not finite, or 2^64 seconds or more.
 */
export function millisecondsToDuration(milliseconds: number): Duration {
  if (!(milliseconds >= 0 && milliseconds < Infinity)) throw outOfRange(milliseconds);
  const rest = milliseconds % 1000;
  const nanos = Math.round(rest * nanosPerMillisecond);
  const secs =
    BigInt(Math.round((milliseconds - rest) / 1000)) + (nanos === nanosPerSecond ? 1n : 0n);
  if (secs > maxU64) throw outOfRange(milliseconds);
  return { secs, nanos: nanos % nanosPerSecond };
}

function outOfRange(milliseconds: number): AbiError {
  return new AbiError(
    "FLAWLESS_ABI_UNENCODABLE",
    `Expected a duration of 0 or more milliseconds, less than 2^64 seconds, but got ${milliseconds}.`,
  );
}
