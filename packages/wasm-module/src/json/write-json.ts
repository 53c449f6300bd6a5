import { formatIssuePath } from "../contract-error.ts";
import { isPlainJson } from "./is-plain-json.ts";
import { fits64Bits, jsonWithSource } from "./json-with-source.ts";
import { NotJsonError } from "./not-json-error.ts";
import { problemOfObject } from "./problem-of-object.ts";

/** Few readers accept more: a workflow in Rust 128, one in TypeScript what its stack has room for. */
const maxLevels = 1000;

/**
 * Writes a value as JSON text like `JSON.stringify`: `toJSON` is called, members that are `undefined` are omitted, and
 * `undefined` anywhere else becomes `null`. Anything else that `JSON.stringify` would drop or change is refused.
 *
 * Integers keep their digits: a `bigint` of up to 64 bits is written with all of them, and is read back by
 * {@link parseJson} as a `number` up to 2^53 - 1, otherwise as a `bigint`. A `number` is always read back as the same
 * `number`: one past 2^53 - 1 is written with an exponent.
 *
 * @param subject the value's name in the error's message, such as `The input`.
 * @throws {NotJsonError} for `NaN` and infinities, integers of more than 64 bits, functions, symbols, text with half of a surrogate pair, `Map`, `Set`,
 * `Error`, `RegExp`, `Promise`, bytes, invalid `Date`s, instances of classes that JSON would write as empty or without
 * their getters, and values that contain themselves or are nested more than 1,000 levels deep. Its `path` says where.
 */
export function writeJson(value: unknown, subject?: string): string {
  // Despite its type, it returns `undefined` for `undefined` and for a `toJSON` that returns it.
  const text = isPlainJson(value) ? JSON.stringify(value) : writeChecked(value, subject);
  return (text as string | undefined) ?? "null";
}

function writeChecked(value: unknown, subject: string | undefined): string {
  const parents: object[] = [];
  const keys: PropertyKey[] = [];

  // The replacer's `this` is the object that contains the value, which still has the original of what `toJSON`
  // returned.
  function replace(
    this: Readonly<Record<string, unknown>>,
    key: string,
    replaced: unknown,
  ): unknown {
    while (parents.length > 0 && parents.at(-1) !== this) {
      parents.pop();
      keys.pop();
    }
    const step = Array.isArray(this) ? Number(key) : key;
    const refuse = (problem: string): never => {
      throw new NotJsonError(pathOf([...keys, step]), problem, { subject });
    };
    const original = this[key];
    // Unchanged, even if somebody gave all bigints a toJSON.
    const kept = typeof original === "bigint" ? original : replaced;
    if (typeof kept === "bigint") {
      if (!fits64Bits(kept)) refuse(`the integer ${kept}, which has more than 64 bits,`);
      return jsonWithSource.rawJSON(String(kept));
    }
    const problem = problemOf(original) ?? problemOf(replaced) ?? problemOfKey(key);
    if (problem !== undefined) refuse(problem);
    if (isLongInteger(replaced)) return jsonWithSource.rawJSON(replaced.toExponential());
    if (typeof replaced === "object" && replaced !== null) {
      if (parents.includes(replaced)) refuse("a value that contains itself");
      if (parents.length === maxLevels) throw tooDeep(subject);
      parents.push(replaced);
      keys.push(step);
    }
    return replaced;
  }

  try {
    return JSON.stringify(value, replace);
  } catch (cause) {
    if (NotJsonError.is(cause)) throw cause;
    if (cause instanceof RangeError) throw tooDeep(subject, cause);
    throw new NotJsonError(pathOf(keys), `a value that throws (${String(cause)}), met`, {
      cause,
      subject,
    });
  }
}

function tooDeep(subject: string | undefined, cause?: RangeError): NotJsonError {
  const problem = `a value that is nested too deep (more than ${maxLevels} levels)`;
  return new NotJsonError("$", problem, cause === undefined ? { subject } : { cause, subject });
}

/** The first key is the empty one, which JSON.stringify passes for the whole value. */
function pathOf(keys: readonly PropertyKey[]): string {
  return formatIssuePath(keys.slice(1));
}

/** Its digits would look exact, but a `number` of that size may not be. */
function isLongInteger(value: unknown): value is number {
  return Number.isInteger(value) && !Number.isSafeInteger(value);
}

function problemOf(value: unknown): string | undefined {
  switch (typeof value) {
    case "function":
      return "a function";
    case "symbol":
      return "a symbol";
    case "number":
      return Number.isFinite(value) ? undefined : `the number ${value}`;
    case "string":
      return value.isWellFormed() ? undefined : loneSurrogate;
    case "object":
      return value === null ? undefined : problemOfObject(value);
    default:
      return undefined;
  }
}

// Rust's strings can't contain it: the guest would fail to read its input.
const loneSurrogate = "text with half of a surrogate pair";

function problemOfKey(key: string): string | undefined {
  return key.isWellFormed() ? undefined : `a name that is ${loneSurrogate}`;
}
