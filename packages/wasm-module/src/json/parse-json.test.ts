import { expect, test } from "vitest";
import { parseJson } from "./parse-json.ts";

test("integers past 2^53 keep their digits", () => {
  const text =
    '{"big":9223372036854775807,"negative":-9223372036854775808,"safe":1234567890123456,"float":12345678901234567.5}';
  expect(parseJson(text)).toEqual({
    big: 9223372036854775807n,
    negative: -9223372036854775808n,
    safe: 1234567890123456,
    float: 12345678901234568,
  });
});

test.each([
  ["9007199254740991", 9007199254740991],
  ["9007199254740992", 9007199254740992n],
  ["-9007199254740992", -9007199254740992n],
  ["1152921504606847000", 1152921504606847000n],
  ["18446744073709551615", 18446744073709551615n],
  ["18446744073709551616", 18446744073709551616n],
  ["9007199254740992.0", 9007199254740992],
  ["9.007199254740992e15", 9007199254740992],
  // JavaScript's text for 1e20, and for the number nearest to 123456789012345678901.
  ["100000000000000000000", 1e20],
  ["123456789012345680000", 123456789012345680000],
  ["123456789012345678901", 123456789012345678901n],
])("%s is the %s", (text, value) => {
  expect(parseJson(text)).toBe(value);
  expect(parseJson(`{"a":[${text}]}`)).toEqual({ a: [value] });
});

test("digits in text are unchanged", () => {
  expect(parseJson('["9223372036854775807"]')).toEqual(["9223372036854775807"]);
});

test("a member named __proto__ is a member", () => {
  const parsed = parseJson('{"__proto__":{"a":9223372036854775807}}') as object;
  expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
  expect(Object.keys(parsed)).toEqual(["__proto__"]);
});

test.each(["<html>", ""])("%j is a SyntaxError", (text) => {
  expect(() => parseJson(text)).toThrow(SyntaxError);
});
