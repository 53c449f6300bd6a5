import { describe, expect, test } from "vitest";
import { abiErrorOf } from "./abi-error.testing.ts";
import { durationToMilliseconds, maxU64, millisecondsToDuration } from "./duration.ts";

describe("durationToMilliseconds", () => {
  test.each([
    [0n, 0, 0],
    [0n, 1, 1],
    [0n, 1_000_000, 1],
    [0n, 1_000_001, 2],
    [1n, 300_000_000, 1300],
    [2n, 999_999_999, 3000],
  ])("%d s and %d ns are %d ms, rounded up", (secs, nanos, milliseconds) => {
    expect(durationToMilliseconds({ secs, nanos })).toBe(milliseconds);
  });

  test("saturates beyond exact numbers", () => {
    const largest = millisecondsToDuration(Number.MAX_SAFE_INTEGER);
    expect(durationToMilliseconds(largest)).toBe(Number.MAX_SAFE_INTEGER);
    expect(durationToMilliseconds({ ...largest, nanos: largest.nanos + 1 })).toBe(
      Number.MAX_SAFE_INTEGER,
    );
    expect(durationToMilliseconds({ secs: maxU64, nanos: 999_999_999 })).toBe(
      Number.MAX_SAFE_INTEGER,
    );
  });
});

describe("millisecondsToDuration", () => {
  test.each([
    [0, 0n, 0],
    [1, 0n, 1_000_000],
    [1300, 1n, 300_000_000],
    [0.000_001, 0n, 1],
    [1.5, 0n, 1_500_000],
    [999.999_999_9, 1n, 0],
    [2 ** 53 - 1, 9_007_199_254_740n, 991_000_000],
    [1e20, 10n ** 17n, 0],
  ])("%d ms are %d s and %d ns", (milliseconds, secs, nanos) => {
    expect(millisecondsToDuration(milliseconds)).toEqual({ secs, nanos });
  });

  test.each([-1, -0.5, NaN, Infinity, -Infinity, 2 ** 64 * 1000, 1e300])(
    "refuses %d",
    (milliseconds) => {
      const error = abiErrorOf(() => millisecondsToDuration(milliseconds));
      expect(error.code).toBe("FLAWLESS_ABI_UNENCODABLE");
      expect(error.message).toContain(String(milliseconds));
    },
  );
});
