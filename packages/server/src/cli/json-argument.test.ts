import { describe, expect, test } from "vitest";
import { parseJsonArgument, toJsonText } from "./json-argument.ts";

describe("JSON on the command line", () => {
  test.each([
    "null",
    "true",
    '"text"',
    "[1,2.5,-3]",
    '{"a":{"b":[]}}',
    '{"id":18446744073709551615,"n":-9223372036854775808}',
  ])("%s is not changed", (text) => {
    expect(toJsonText(parseJsonArgument("--input", text))).toBe(text);
  });

  test.each(["", "{", "text", "{'a':1}", "1,"])("%j is refused", (text) => {
    expect(() => parseJsonArgument("--input", text)).toThrow("--input has to be JSON");
  });
});
