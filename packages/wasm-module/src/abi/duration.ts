import { AbiError } from "./abi-error.ts";

/** A span of time as Rust's `std::time::Duration` holds it. */
export interface Duration {
  /** Whole seconds, 0 to 2^64 - 1. */
  readonly secs: bigint;
  /** The rest, 0 to 999,999,999 nanoseconds. */
  readonly nanos: number;
}

/** Largest unsigned 64-bit integer. */
export const maxU64: bigint = 2n ** 64n - 1n;

/** Nanoseconds in a second. */
export const nanosPerSecond = 1_000_000_000;

const nanosPerMillisecond = 1_000_000;
const maxMilliseconds = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * Whole milliseconds that last at least as long as `duration`: rounded up, so that no timer fires early. Longer than
 * `Number.MAX_SAFE_INTEGER` milliseconds (285,000 years) becomes `Number.MAX_SAFE_INTEGER`.
 */
export function durationToMilliseconds(duration: Duration): number {
  const milliseconds =
    duration.secs * 1000n + BigInt(Math.ceil(duration.nanos / nanosPerMillisecond));
  return milliseconds > maxMilliseconds ? Number.MAX_SAFE_INTEGER : Number(milliseconds);
}

/**
 * The duration of so many milliseconds. Fractions are kept to the nanosecond.
 *
 * @throws {AbiError} `FLAWLESS_ABI_UNENCODABLE` when `milliseconds` is negative, not finite, or 2^64 seconds and more.
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
