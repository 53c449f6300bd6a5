import { expect, test } from "vitest";
import { spanText } from "./span-text.ts";

test.each([
  [0, "0 ms"],
  [999, "999 ms"],
  [1_000, "1 s"],
  [1_500, "1.5 s"],
  [59_999, "59.999 s"],
  [60_000, "1 min"],
  [129_600_000, "1.5 d"],
  [3_600_000, "1 h"],
  [365 * 86_400_000, "365 d"],
])("%i ms are %s", (milliseconds, text) => {
  expect(spanText(milliseconds)).toBe(text);
});
