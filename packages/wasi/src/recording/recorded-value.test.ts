import { describe, expect, test } from "vitest";
import { readBytes, readValue, recordBytes, recordValue } from "./recorded-value.ts";

const bytes = (...values: number[]): Uint8Array => new Uint8Array(values);

describe("recordValue and readValue", () => {
  test("round-trip values through JSON", () => {
    const value = {
      number: 1.5,
      text: "text",
      list: [{ big: 2n ** 64n - 1n }, -5n, null],
      empty: {},
      yes: true,
      bytes: bytes(104, 105),
      binary: bytes(255, 0),
    };
    expect(readValue(JSON.parse(JSON.stringify(recordValue(value))))).toEqual(value);
  });

  test("omit undefined", () => {
    expect(recordValue({ a: undefined, b: 1 })).toEqual({ b: 1 });
  });

  test("are readable", () => {
    expect(recordValue({ time: 123n, data: bytes(104, 105) })).toEqual({
      time: { integer: "123" },
      data: { text: "hi" },
    });
  });
});

describe("recordBytes and readBytes", () => {
  test.each([
    ["text", bytes(0xc3, 0xbc), { text: "ü" }],
    ["a byte order mark", bytes(0xef, 0xbb, 0xbf), { text: "\u{feff}" }],
    ["nothing", bytes(), { text: "" }],
    ["what is not UTF-8", bytes(0xc3), { base64: "ww==" }],
    ["a part of a buffer", new Uint8Array(bytes(1, 104, 2).buffer, 1, 1), { text: "h" }],
  ])("write and read %s", (_, value, recorded) => {
    expect(recordBytes(value)).toEqual(recorded);
    expect(readBytes(recorded)).toEqual(new Uint8Array(value));
  });

  test.each([null, "text", {}, { text: 1 }, { text: "a", base64: "" }, { other: "a" }, []])(
    "%j is not bytes",
    (value) => {
      expect(readBytes(value)).toBeUndefined();
    },
  );
});
