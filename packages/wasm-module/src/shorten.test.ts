import { expect, test } from "vitest";
import { quoteShortened } from "./shorten.ts";

test("quoteShortened escapes what would garble a message", () => {
  expect(quoteShortened('a"\n')).toBe('"a\\"\\n"');
});

test("quoteShortened cuts only long texts", () => {
  expect(quoteShortened("x".repeat(100))).toBe(`"${"x".repeat(100)}"`);
  expect(quoteShortened("x".repeat(101))).toBe(`"${"x".repeat(100)}…"`);
});
