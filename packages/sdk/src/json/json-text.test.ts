import { describe, expect, test } from "vitest";
import { parseJson, writeJson } from "./json-text.ts";

describe("writeJson", () => {
  test("writes what JSON.stringify writes", () => {
    const value = {
      text: 'é"\n',
      list: [1.5, -0, true, null, { deep: {} }],
      when: new Date(0),
      left: undefined,
    };
    expect(writeJson(value)).toBe(JSON.stringify(value));
    expect(writeJson([undefined])).toBe("[null]");
    expect(writeJson("text")).toBe('"text"');
  });

  test("writes undefined, and what turns itself into it, as null", () => {
    expect(writeJson(undefined)).toBe("null");
    expect(writeJson({ toJSON: () => undefined })).toBe("null");
  });

  test("writes bigints as exact integers, also where they have a toJSON", () => {
    const integers = [18446744073709551615n, -9223372036854775808n];
    expect(writeJson({ integers })).toBe(
      '{"integers":[18446744073709551615,-9223372036854775808]}',
    );
    Object.assign(BigInt.prototype, { toJSON: () => "text" });
    try {
      expect(writeJson([1n])).toBe("[1]");
    } finally {
      Reflect.deleteProperty(BigInt.prototype, "toJSON");
    }
  });

  test("writes the same object twice when it does not contain itself", () => {
    const shared = { a: 1 };
    expect(writeJson([shared, { shared }, shared])).toBe('[{"a":1},{"shared":{"a":1}},{"a":1}]');
  });

  const cycle: { list: unknown[] } = { list: [] };
  cycle.list.push(1, cycle);

  test.each([
    ["a function", { call: { back: () => 1 } }, "$.call.back", "a function"],
    ["a function alone", () => 1, "$", "a function"],
    ["a symbol", [Symbol("s")], "$[0]", "a symbol"],
    ["NaN", { a: [1, Number.NaN] }, "$.a[1]", "the number NaN"],
    ["infinity", -Infinity, "$", "the number -Infinity"],
    ["a map", { m: new Map([[1, 2]]) }, "$.m", "Object.fromEntries"],
    ["a set", { s: new Set([1]) }, "$.s", "use an array"],
    ["a promise", { p: Promise.resolve(1) }, "$.p", "forgotten `await`"],
    ["a buffer, which turns itself into something else", { b: Buffer.from("x") }, "$.b", "bytes"],
    ["an array buffer", { b: new ArrayBuffer(1) }, "$.b", "bytes"],
    ["half of a surrogate pair", { "a b": "\ud800" }, '$["a b"]', "surrogate"],
    ["half of a surrogate pair in a name", { "\ud800": 1 }, '$["\\ud800"]', "surrogate"],
    ["a cycle", cycle, "$.list[1]", "contains itself"],
    ["a path after siblings", { a: { b: [[], {}] }, c: { d: Number.NaN } }, "$.c.d", "NaN"],
  ])("refuses %s and tells where", (_what, value, path, reason) => {
    expect(() => writeJson(value)).toThrow(
      expect.objectContaining({
        code: "FLAWLESS_NOT_JSON",
        path,
        message: expect.stringContaining(reason),
      }),
    );
  });

  test("keeps what a value throws as the cause", () => {
    const thrown = new Error("no");
    const value = {
      a: {
        toJSON: () => {
          throw thrown;
        },
      },
    };
    expect(() => writeJson(value)).toThrow(
      expect.objectContaining({ code: "FLAWLESS_NOT_JSON", cause: thrown }),
    );
  });

  test("refuses what is nested too deep", () => {
    let deep: unknown = 0;
    for (let level = 0; level < 100_000; level += 1) deep = [deep];
    expect(() => writeJson(deep)).toThrow(
      expect.objectContaining({ path: "$", message: expect.stringContaining("nested too deep") }),
    );
  });
});

describe("parseJson", () => {
  const text =
    '{"big":9223372036854775807,"negative":-9223372036854775808,"safe":1234567890123456,"float":12345678901234567.5}';

  test("rounds big integers unless asked for exact ones", () => {
    expect(parseJson(text, false)).toMatchObject({ big: 2 ** 63, safe: 1234567890123456 });
    expect(parseJson(text, true)).toEqual({
      big: 9223372036854775807n,
      negative: -9223372036854775808n,
      safe: 1234567890123456,
      float: 12345678901234568,
    });
  });

  test("leaves digits in text alone", () => {
    expect(parseJson('["9223372036854775807"]', true)).toEqual(["9223372036854775807"]);
  });

  test("throws SyntaxError for anything else", () => {
    expect(() => parseJson("<html>", true)).toThrow(SyntaxError);
    expect(() => parseJson("", false)).toThrow(SyntaxError);
  });
});
