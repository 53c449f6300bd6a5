import { describe, expect, test } from "vitest";
import { DecimalNumber, parseExactJson } from "./exact-json.ts";

describe("parseExactJson", () => {
  test.each([
    ["[9007199254740991]", 9007199254740991],
    ["[9007199254740992]", 9007199254740992n],
    ["[9007199254740993]", 9007199254740993n],
    ["[-9223372036854775808]", -9223372036854775808n],
    ["[ 18446744073709551615 ]", 18446744073709551615n],
    ["[1,\n\t18446744073709551615]", 1],
  ])("keeps the integer in %s exact", (text, first) => {
    const parsed = parseExactJson(text);
    expect(Array.isArray(parsed) && parsed[0]).toBe(first);
  });

  test.each(["1.0", "1e3", "1E3", "-0", "-0.0", "0.0", "-1.5", "1234567890123456789.0"])(
    "distinguishes %s from an integer",
    (number) => {
      for (const text of [`[${number}]`, `[0,${number}]`, `{"a": ${number}}`]) {
        const parsed = parseExactJson(text);
        const inner = Object.values(parsed as object).at(-1);
        expect(inner).toEqual(new DecimalNumber(Number(number)));
      }
    },
  );

  test("leaves digits in strings unchanged", () => {
    expect(parseExactJson('{"a":"[12345678901234567890","b":[1]}')).toEqual({
      a: "[12345678901234567890",
      b: [1],
    });
  });

  test.each([
    '{"__proto__":{"polluted":1},"a":1}',
    '{"__proto__":{"polluted":1},"a":9007199254740993}',
  ])("%s changes no prototype", (text) => {
    const parsed = parseExactJson(text);
    expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
    expect(Object.keys(parsed as object)).toEqual(["__proto__", "a"]);
    expect("polluted" in {}).toBe(false);
  });
});
