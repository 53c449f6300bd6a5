import { fits64Bits, jsonWithSource } from "./json-with-source.ts";

/** A parsed JSON value, as {@link parseJson} gives it. */
export type JsonValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

/**
 * Parses JSON text and loses no digit of an integer: those past ±(2^53 - 1) become `bigint`s. Numbers with a fraction or
 * an exponent are `number`s, however large, and so are integers of more than 64 bits that a `number` writes with the
 * very same digits.
 *
 * @throws {SyntaxError} when it is not JSON.
 */
export function parseJson(text: string): unknown {
  // Source text access makes parsing several times slower: only where there are as many digits as 2^53 has.
  return mayHaveLongIntegers(text) ? jsonWithSource.parse(text, keepExact) : JSON.parse(text);
}

/** Whether {@link parseJson} has to look more closely than `JSON.parse`. */
export function mayHaveLongIntegers(text: string): boolean {
  return /\d{16}/.test(text);
}

function keepExact(
  _key: string,
  value: unknown,
  { source }: { readonly source?: string },
): unknown {
  if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
  if (source === undefined || !/^-?\d+$/.test(source)) return value;
  const integer = BigInt(source);
  // `1e20` is written as 100000000000000000000 by JavaScript.
  return !fits64Bits(integer) && String(value) === source ? value : integer;
}
