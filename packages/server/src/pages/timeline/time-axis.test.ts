import { expect, test } from "vitest";
import { timeAxis } from "./time-axis.ts";

test.each([
  [0, 1],
  [3, 5],
  [700, 1_000],
  [31_000, 60_000],
  [4 * 3_600_000, 6 * 3_600_000],
  [600 * 86_400_000, 1_000 * 86_400_000],
])("%i ms are shown on an axis of %i ms", (span, length) => {
  expect(timeAxis(5, 5 + span)).toEqual({ start: 5, length });
});
