import { expect, test } from "vitest";
import { codeFrame } from "./code-frame.ts";

test("shows two lines before the location and one after it", () => {
  const text = "one\ntwo\r\nthree\n\tfour = ;\nfive\nsix";
  expect(codeFrame(text, 4, 9)).toBe(
    ["  2 | two", "  3 | three", "> 4 |   four = ;", "    |          ^", "  5 | five"].join("\n"),
  );
});

test("line numbers are as wide as the last one, and missing lines are omitted", () => {
  expect(codeFrame("a\n".repeat(10), 9, 1)).toBe(
    ["   7 | a", "   8 | a", ">  9 | a", "     | ^", "  10 | a"].join("\n"),
  );
  expect(codeFrame("only", 1, 5)).toBe("> 1 | only\n    |     ^");
});

test("long lines are shortened around the location", () => {
  const frame = codeFrame(`${"x".repeat(500)}HERE${"y".repeat(500)}`, 1, 501) ?? "";
  const [line = "", caret = ""] = frame.split("\n");
  expect(line.length).toBeLessThan(130);
  expect(line.slice(caret.indexOf("^")).startsWith("HERE")).toBe(true);
});

test("a missing line has no frame", () => {
  expect(codeFrame("one", 2, 1)).toBeNull();
});
