import { types } from "node:util";
import { formatIssuePath } from "@flawless-ts/wasm-module";
import { NotJsonError } from "../errors/index.ts";

/** A parsed JSON value. Integers past 2^53 are `bigint`s where the text is read exactly. */
export type JsonValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

/** What ECMAScript has and TypeScript's library does not know yet: JSON.parse source text access. */
interface JsonWithSource {
  rawJSON(text: string): unknown;
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown;
}
const json = JSON as unknown as JsonWithSource;

/**
 * Writes a value as JSON text. A `bigint` becomes an exact integer, `undefined` alone becomes `null`; members that are
 * `undefined` are left out and `toJSON` is called, as JSON does.
 *
 * @throws {NotJsonError} for what JSON cannot hold, above all where JSON.stringify would drop or change it silently.
 */
export function writeJson(value: unknown): string {
  const parents: object[] = [];
  const keys: PropertyKey[] = [];

  // The replacer's `this` is the object that holds the value: it still has what `toJSON` turned into something else.
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
      throw new NotJsonError(pathOf([...keys, step]), problem);
    };
    const original = this[key];
    if (typeof original === "bigint") return json.rawJSON(String(original));
    const problem = problemOf(original) ?? problemOf(replaced) ?? problemOfKey(key);
    if (problem !== undefined) refuse(problem);
    if (typeof replaced === "object" && replaced !== null) {
      if (parents.includes(replaced)) refuse("a value that contains itself");
      parents.push(replaced);
      keys.push(step);
    }
    return replaced;
  }

  try {
    // It gives `undefined`, whatever its type says, for `undefined` and for a `toJSON` that returns it.
    return (JSON.stringify(value, replace) as string | undefined) ?? "null";
  } catch (error) {
    if (NotJsonError.is(error)) throw error;
    if (error instanceof RangeError)
      throw new NotJsonError("$", "a value that is nested too deep", { cause: error });
    throw new NotJsonError(pathOf(keys), `a value that throws (${String(error)}), met`, {
      cause: error,
    });
  }
}

/** The first key is the empty one that JSON.stringify gives the whole value. */
function pathOf(keys: readonly PropertyKey[]): string {
  return formatIssuePath(keys.slice(1));
}

/**
 * Parses JSON text.
 *
 * @param exactIntegers gives integers past 2^53 as `bigint`s instead of the nearest number.
 * @throws {SyntaxError} when it is not JSON.
 */
export function parseJson(text: string, exactIntegers: boolean): unknown {
  // Source text access makes parsing several times slower: only where there are as many digits as 2^53 has.
  if (!exactIntegers || !/\d{16}/.test(text)) return JSON.parse(text);
  return json.parse(text, (_key, value, { source }) =>
    typeof value === "number" &&
    !Number.isSafeInteger(value) &&
    source !== undefined &&
    /^-?\d+$/.test(source)
      ? BigInt(source)
      : value,
  );
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

// Rust's strings cannot hold it: the guest would fail to read its input.
const loneSurrogate = "text with half of a surrogate pair";

function problemOfKey(key: string): string | undefined {
  return key.isWellFormed() ? undefined : `a name that is ${loneSurrogate}`;
}

/** Objects that JSON.stringify shows as `{}`, or as something else than what they hold. */
function problemOfObject(value: object): string | undefined {
  if (types.isPromise(value)) return "a Promise (forgotten `await`?)";
  if (types.isMap(value)) return "a Map (use Object.fromEntries)";
  if (types.isSet(value)) return "a Set (use an array)";
  if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value))
    return "bytes (encode them, for example as base64)";
  return undefined;
}
