import { fits64Bits, jsonWithSource } from "./json-with-source.ts";

/** A JSON value parsed by {@link parseJson}. */
export type JsonValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

/**
 * Parses JSON text without losing digits of integers: those past ±(2^53 - 1) become `bigint`s. Numbers with a fraction
 * or an exponent are `number`s, however large, and so are integers of more than 64 bits whose digits a `number` would
 * reproduce exactly.
 *
 * @throws {SyntaxError} when it is not JSON.
 */
export function parseJson(text: string): unknown {
  // Source text access makes parsing several times slower, so it is used only if there are as many digits as in 2^53.
  return mayHaveLongIntegers(text) ? jsonWithSource.parse(text, keepExact) : JSON.parse(text);
}

/** Whether {@link parseJson} needs more than `JSON.parse`. */
export function mayHaveLongIntegers(text: string): boolean {
  return text.length > 15 && /\d{16}/.test(text);
}

function keepExact(
  _key: string,
  value: unknown,
  { source }: { readonly source?: string },
): unknown {
  if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
  if (source === undefined || !/^-?\d+$/.test(source)) return value;
  const integer = BigInt(source);
  // JavaScript writes `1e20` as 100000000000000000000.
  return !fits64Bits(integer) && String(value) === source ? value : integer;
}
