/** A number written with a fraction or an exponent, or as `-0`: serde doesn't accept it for an integer field. */
export class DecimalNumber {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** A parsed JSON object. Members are own properties, including `__proto__`. */
export interface JsonObject {
  readonly [name: string]: Json;
}

/** A parsed JSON value. An integer is a `number` if safe, otherwise a `bigint`. */
export type Json =
  | null
  | boolean
  | number
  | bigint
  | DecimalNumber
  | string
  | readonly Json[]
  | JsonObject;

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;
// TypeScript's library doesn't have the reviver's third parameter yet (ECMA-262, JSON.parse source text access).
const parseWithSource = JSON.parse as (text: string, reviver: Reviver) => Json;

/**
 * Matches where a number may be that JSON.parse alone would not distinguish or keep exact: at least 16 digits (2^53 has
 * 16), a fraction, an exponent, or `-0`. Strings may match, too, which costs time but is harmless. A number outside an
 * array or object isn't matched: the ABI has none, and it would make the search nine times slower.
 */
const unusualNumber = /[:,[]\s*(?:-0|-?\d{16}|-?\d+[.eE])/;
const integer = /^(?:0|-?[1-9]\d*)$/;

/**
 * Parses JSON without losing digits of integers inside arrays and objects. Of members with the same name, the last
 * counts.
 *
 * @throws {SyntaxError} if `text` is not JSON.
 * @throws {RangeError} if arrays or objects are nested too deep.
 */
export function parseExactJson(text: string): Json {
  // Source text access makes JSON.parse several times slower, and hardly any text needs it.
  return unusualNumber.test(text)
    ? parseWithSource(text, keepNumberExact)
    : (JSON.parse(text) as Json);
}

function keepNumberExact(
  _key: string,
  value: unknown,
  context: { readonly source?: string },
): unknown {
  if (typeof value !== "number") return value;
  if (context.source === undefined || !integer.test(context.source))
    return new DecimalNumber(value);
  return Number.isSafeInteger(value) ? value : BigInt(context.source);
}
