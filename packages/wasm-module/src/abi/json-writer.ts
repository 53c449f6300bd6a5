import { AbiError } from "./abi-error.ts";
import { type Duration, maxU64, nanosPerSecond } from "./duration.ts";
import type { HttpHeaders } from "./http-headers.ts";

/** Refuses a value that the guest's Rust types can't represent. */
export function unencodable(path: string, expected: string, came: unknown): AbiError {
  return new AbiError(
    "FLAWLESS_ABI_UNENCODABLE",
    `Expected ${expected} at ${path}, but got ${describe(came)}.`,
  );
}

function describe(value: unknown): string {
  if (typeof value !== "string") return String(value);
  return value.length > 100 ? `a string of ${value.length} UTF-16 units` : JSON.stringify(value);
}

/** Runs `write`, and refuses texts longer than the JavaScript engine's max string length. */
export function encodeJson(what: string, write: () => string): string {
  try {
    return write();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new AbiError("FLAWLESS_ABI_UNENCODABLE", `The ${what} is too long: ${error.message}.`, {
      cause: error,
    });
  }
}

/** Writes a string. Rust would refuse the escape that JSON.stringify writes for a lone surrogate. */
export function writeString(value: string, path: string): string {
  if (!value.isWellFormed()) throw unencodable(path, "a string without lone surrogates", value);
  return JSON.stringify(value);
}

/** Writes an integer of at most 64 bits. */
export function writeBigInteger(
  value: bigint,
  path: string,
  minimum: bigint,
  maximum: bigint,
): string {
  if (typeof value === "bigint" && value >= minimum && value <= maximum) return String(value);
  throw unencodable(path, `a bigint from ${minimum} to ${maximum}`, value);
}

/** Writes an integer of at most 32 bits. */
export function writeInteger(
  value: number,
  path: string,
  minimum: number,
  maximum: number,
): string {
  if (Number.isInteger(value) && value >= minimum && value <= maximum) return String(value);
  throw unencodable(path, `an integer from ${minimum} to ${maximum}`, value);
}

/** Writes a number with a fraction, as serde does, because only then `-0` keeps its sign. */
export function writeFloat(value: number, path: string): string {
  if (!Number.isFinite(value)) throw unencodable(path, "a finite number", value);
  if (Object.is(value, -0)) return "-0.0";
  return Number.isSafeInteger(value) ? `${value}.0` : String(value);
}

/** Writes a struct of seconds and nanoseconds. */
export function writeDuration(
  duration: Duration,
  path: string,
  secsName = "secs",
  nanosName = "nanos",
): string {
  const secs = writeBigInteger(duration.secs, `${path}.secs`, 0n, maxU64);
  const nanos = writeInteger(duration.nanos, `${path}.nanos`, 0, nanosPerSecond - 1);
  return `{"${secsName}":${secs},"${nanosName}":${nanos}}`;
}

/** Writes headers as pairs. */
export function writeHeaders(headers: HttpHeaders, path: string): string {
  const pairs = headers.map(
    ([name, value]) => `[${writeString(name, path)},${writeString(value, path)}]`,
  );
  return `[${pairs.join(",")}]`;
}
