import { expect, test } from "vitest";
import { readLimits } from "./limit-option.ts";

const known = ["bytes", "timeMs", "count"] as const;

test("limits may have units", () => {
  expect(readLimits(["bytes=64Mi", "timeMs=2s", "count=7"], known)).toEqual({
    bytes: 64 * 2 ** 20,
    timeMs: 2_000,
    count: 7,
  });
  expect(readLimits(["bytes=1Gi", "timeMs=5ms"], known)).toEqual({ bytes: 2 ** 30, timeMs: 5 });
  expect(readLimits([], known)).toEqual({});
});

test.each([
  ["count", /NAME=NUMBER/],
  ["count=", /NAME=NUMBER/],
  ["count=-1", /NAME=NUMBER/],
  ["count=1.5", /NAME=NUMBER/],
  ["count=1e9", /NAME=NUMBER/],
  ["bytes=1MB", /NAME=NUMBER/],
  ["bytes=999999999999999Gi", /NAME=NUMBER/],
  ["other=1", "There is no limit other, only bytes, count, timeMs."],
  ["timeMS=1", "There is no limit timeMS. Did you mean timeMs?"],
  ["cuont=1", "There is no limit cuont. Did you mean count?"],
  ["constructor=1", /There is no limit constructor/],
])("the limit option %s is refused", (text, message) => {
  expect(() => readLimits([text], known)).toThrow(message);
});

test("a repeated limit is refused", () => {
  expect(() => readLimits(["count=1", "count=2"], known)).toThrow("given twice");
});
