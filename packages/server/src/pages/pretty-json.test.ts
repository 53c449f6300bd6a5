import { describe, expect, test } from "vitest";
import { prettyJson } from "./pretty-json.ts";

describe("pretty JSON", () => {
  test.each([
    { a: [1, { b: 'x,{}[]:"\\', c: null }], d: {}, e: [], f: true },
    [],
    "text",
    7,
    [[[]]],
  ])("has the layout of JSON.stringify: %j", (value) => {
    expect(prettyJson(JSON.stringify(value))).toBe(JSON.stringify(value, null, 2));
  });

  test("keeps every digit of numbers", () => {
    expect(prettyJson('{"id":18446744073709551615,"x":1.0}')).toBe(
      '{\n  "id": 18446744073709551615,\n  "x": 1.0\n}',
    );
  });

  test("doesn't change text that is not JSON", () => {
    expect(prettyJson("{no json")).toBe("{no json");
  });
});
