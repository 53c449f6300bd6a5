import { describe, expect, test } from "vitest";
import { prettyJson } from "./pretty-json.ts";

describe("pretty JSON", () => {
  test.each([
    { a: [1, { b: 'x,{}[]:"\\', c: null }], d: {}, e: [], f: true },
    [],
    "text",
    7,
    [[[]]],
  ])("is laid out as JSON.stringify does it: %j", (value) => {
    expect(prettyJson(JSON.stringify(value))).toBe(JSON.stringify(value, null, 2));
  });

  test("keeps numbers to the letter", () => {
    expect(prettyJson('{"id":18446744073709551615,"x":1.0}')).toBe(
      '{\n  "id": 18446744073709551615,\n  "x": 1.0\n}',
    );
  });

  test("leaves alone what is no JSON", () => {
    expect(prettyJson("{no json")).toBe("{no json");
  });
});
