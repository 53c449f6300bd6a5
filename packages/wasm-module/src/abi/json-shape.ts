import { quoteShortened } from "../shorten.ts";
import { type AbiErrorCode, AbiError } from "./abi-error.ts";
import { type Duration, maxU64, nanosPerSecond } from "./duration.ts";
import { type Json, type JsonObject, DecimalNumber, parseExactJson } from "./exact-json.ts";

/** A value without the expected shape. It becomes an {@link AbiError} once it is known what was being read. */
class Mismatch extends Error {}

/** A value of a serde enum: `{"Name": payload}`, or just `"Name"` without a payload. */
export interface Variant {
  readonly name: string;
  readonly payload: Json | undefined;
}

/**
 * Parses `text` and passes it to `read`.
 *
 * @throws {AbiError} with `code` if it is not JSON or `read` finds an unexpected shape. `what` names it.
 */
export function readJsonText<T>(
  text: string,
  what: string,
  code: AbiErrorCode,
  read: (value: Json) => T,
): T {
  const value = parse(text, what, code);
  try {
    return read(value);
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    throw new AbiError(code, `Invalid ${what}: ${error.message}`, { cause: error });
  }
}

function parse(text: string, what: string, code: AbiErrorCode): Json {
  try {
    return parseExactJson(text);
  } catch (error) {
    // A SyntaxError, or a RangeError for values nested too deep.
    const reason = error instanceof Error ? error.message : String(error);
    throw new AbiError(
      code,
      `Invalid ${what}: expected JSON, but got ${quoteShortened(text)} (${reason}).`,
      { cause: error },
    );
  }
}

/** Reports that the value at `path` is not what was expected. */
export function mismatch(path: string, expected: string, came: Json | undefined): never {
  throw new Mismatch(
    `expected ${expected}${path === "" ? "" : ` at ${path}`}, but got ${describe(came)}.`,
  );
}

function describe(value: Json | undefined): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "bigint") return String(value);
  if (value instanceof DecimalNumber)
    return Object.is(value.value, -0) ? "-0" : String(value.value);
  if (typeof value === "string") return quoteShortened(value);
  if (typeof value !== "object" || value === null) return String(value);
  const names = Object.keys(value);
  const shown = names.slice(0, 5).map((name) => quoteShortened(name));
  return `an object with ${shown.length === 0 ? "no members" : shown.join(", ")}${names.length > 5 ? ", …" : ""}`;
}

function isObject(value: Json | undefined): value is JsonObject {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof DecimalNumber)
  );
}

/** Reads an externally tagged enum. */
export function readVariant(value: Json | undefined, path: string, expected: string): Variant {
  if (typeof value === "string") return { name: value, payload: undefined };
  if (!isObject(value)) mismatch(path, expected, value);
  const names = Object.keys(value);
  const name = names[0];
  if (name === undefined || names.length !== 1)
    mismatch(path, `${expected} as an object with one member`, value);
  return { name, payload: value[name] };
}

/** Reads a variant without payload; serde accepts `null` as one, too. */
export function readUnit<T>(variant: Variant, path: string, result: T): T {
  if (variant.payload !== undefined && variant.payload !== null)
    mismatch(path, "no payload or null", variant.payload);
  return result;
}

/**
 * Reads a struct's fields in the order of `names`; a missing one is `undefined`. As in serde, an array with the fields
 * in order is also a struct, and unknown members are ignored unless `closed`.
 */
export function readFields(
  value: Json | undefined,
  path: string,
  names: readonly string[],
  closed = false,
): readonly (Json | undefined)[] {
  if (Array.isArray(value)) return readTuple(value, path, names.length);
  if (!isObject(value)) mismatch(path, `an object with ${names.join(", ")}`, value);
  if (closed) {
    const unknown = Object.keys(value).find((name) => !names.includes(name));
    if (unknown !== undefined) mismatch(path, `no members but ${names.join(" and ")}`, value);
  }
  return names.map((name) => (Object.hasOwn(value, name) ? value[name] : undefined));
}

/** Reads an array of exactly `length` elements. */
export function readTuple(value: Json | undefined, path: string, length: number): readonly Json[] {
  const elements = readArray(value, path, `an array of ${length}`);
  if (elements.length !== length) mismatch(path, `an array of ${length}`, value);
  return elements;
}

function readArray(value: Json | undefined, path: string, expected: string): readonly Json[] {
  if (!Array.isArray(value)) mismatch(path, expected, value);
  return value as readonly Json[];
}

/** Reads an array, each element with `readElement`. */
export function readList<T>(
  value: Json | undefined,
  path: string,
  readElement: (element: Json, path: string) => T,
): readonly T[] {
  return readArray(value, path, "an array").map((element, index) =>
    readElement(element, `${path}[${index}]`),
  );
}

/** Reads a string. Rust's strings can't contain half of a surrogate pair. */
export function readString(value: Json | undefined, path: string): string {
  if (typeof value !== "string") mismatch(path, "a string", value);
  if (!value.isWellFormed()) mismatch(path, "a string without lone surrogates", value);
  return value;
}

/** Reads an optional field: `null` and a missing one mean the same to serde. */
export function readOptional<T>(
  value: Json | undefined,
  path: string,
  readValue: (value: Json, path: string) => T,
): T | null {
  return value === undefined || value === null ? null : readValue(value, path);
}

/** Reads true or false. */
export function readBoolean(value: Json | undefined, path: string): boolean {
  if (typeof value !== "boolean") mismatch(path, "true or false", value);
  return value;
}

/** Reads an integer of at most 64 bits. */
export function readBigInteger(
  value: Json | undefined,
  path: string,
  minimum: bigint,
  maximum: bigint,
): bigint {
  if (typeof value === "number" || typeof value === "bigint") {
    const integer = BigInt(value);
    if (integer >= minimum && integer <= maximum) return integer;
  }
  return mismatch(path, `an integer from ${minimum} to ${maximum}`, value);
}

/** Reads an integer of at most 32 bits. */
export function readInteger(
  value: Json | undefined,
  path: string,
  minimum: number,
  maximum: number,
): number {
  if (typeof value === "number" && value >= minimum && value <= maximum) return value;
  return mismatch(path, `an integer from ${minimum} to ${maximum}`, value);
}

/** Reads a number, whole or not. */
export function readFloat(value: Json | undefined, path: string): number {
  const float =
    value instanceof DecimalNumber
      ? value.value
      : typeof value === "bigint"
        ? Number(value)
        : value;
  if (typeof float !== "number" || !Number.isFinite(float))
    mismatch(path, "a finite number", value);
  return float;
}

const maxU32 = 2 ** 32 - 1;

/** Reads a struct of seconds and nanoseconds. As in serde, whole seconds in the nanoseconds are carried over. */
export function readDuration(
  value: Json | undefined,
  path: string,
  secsName = "secs",
  nanosName = "nanos",
): Duration {
  const [secsValue, nanosValue] = readFields(value, path, [secsName, nanosName], true);
  const secs = readBigInteger(secsValue, `${path}.${secsName}`, 0n, maxU64);
  const nanos = readInteger(nanosValue, `${path}.${nanosName}`, 0, maxU32);
  if (nanos < nanosPerSecond) return { secs, nanos };
  const carried = secs + BigInt(Math.floor(nanos / nanosPerSecond));
  if (carried > maxU64) mismatch(path, "less than 2^64 seconds", value);
  return { secs: carried, nanos: nanos % nanosPerSecond };
}
