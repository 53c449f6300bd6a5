import { expect, test } from "vitest";
import { spanWords } from "./span-words.ts";

test.each([
  [0, "0 ms"],
  [999.6, "1000 ms"],
  [1_000, "1 second"],
  [1_234, "1.23 seconds"],
  [60_000, "1 minute"],
  [5_400_000, "1.5 hours"],
  [259_200_000, "3 days"],
])("%d ms are %s", (milliseconds, words) => {
  expect(spanWords(milliseconds)).toBe(words);
});
