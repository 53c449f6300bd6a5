import { expect, test } from "vitest";
import { deadlineAfter, toIsoTime } from "./deadline.ts";

const maximumDuration = { secs: 2n ** 64n - 1n, nanos: 999_999_999 };

test("a deadline is never before the requested time is over", () => {
  expect(deadlineAfter(1_000, { secs: 1n, nanos: 500_000_000 })).toBe(2_500);
  expect(deadlineAfter(1_000, { secs: 0n, nanos: 1 })).toBe(1_001);
  expect(deadlineAfter(1_000.25, { secs: 0n, nanos: 0 })).toBe(1_001);
  expect(deadlineAfter(1_000, { secs: 0n, nanos: 0 })).toBe(1_000);
});

test("a deadline beyond the last possible date is that date", () => {
  expect(deadlineAfter(1_000, maximumDuration)).toBe(8.64e15);
  expect(toIsoTime(deadlineAfter(1_000, maximumDuration))).toBe("+275760-09-13T00:00:00.000Z");
});

test("a time is shown in UTC, with milliseconds", () => {
  expect(toIsoTime(0)).toBe("1970-01-01T00:00:00.000Z");
  expect(toIsoTime(1_767_323_045_020)).toBe("2026-01-02T03:04:05.020Z");
  expect(toIsoTime(Number.MAX_SAFE_INTEGER)).toBe("+275760-09-13T00:00:00.000Z");
});
