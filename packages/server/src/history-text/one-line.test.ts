import { expect, test } from "vitest";
import { onOneLine } from "./one-line.ts";

test.each([
  ["short", "short"],
  ["exactly 10", "exactly 10"],
  ["longer than that", "longer th…"],
  ["a\nb\tc", String.raw`a\nb\tc`],
  ["\u001b[31m", String.raw`\u001b[31m`],
  ["\u202eabc", String.raw`\u202eabc`],
  ["\u0000\u0000", String.raw`\u0000\u00…`.slice(0, 9) + "…"],
])("%j becomes %j", (text, expected) => {
  expect(onOneLine(text, 10)).toBe(expected);
});

test("a very long text is only processed as far as it is shown", () => {
  expect(onOneLine("\n".repeat(10_000_000), 4)).toBe(String.raw`\n\…`);
});
