import { describe, expect, test } from "vitest";
import { median, percentile } from "./statistics.ts";

describe("percentile", () => {
  const hundred = Array.from({ length: 100 }, (_, index) => index + 1);

  test("is the value at the nearest rank", () => {
    expect(percentile(hundred, 50)).toBe(50);
    expect(percentile(hundred, 99)).toBe(99);
    expect(percentile(hundred, 100)).toBe(100);
  });

  test("uses the next rank if the exact one doesn't exist", () => {
    expect(percentile([10, 20, 30], 50)).toBe(20);
    expect(percentile([10, 20, 30], 99)).toBe(30);
    expect(percentile([10, 20, 30], 1)).toBe(10);
  });

  test("refuses an empty list", () => {
    expect(() => percentile([], 50)).toThrow("no percentile 50 of 0 values");
  });
});

describe("median", () => {
  test("is the middle value, whatever the order", () => {
    expect(median([30, 1, 2])).toBe(2);
    expect(median([7])).toBe(7);
  });

  test("is between the two in the middle", () => {
    expect(median([4, 1, 3, 100])).toBe(3.5);
  });

  test("leaves the list unchanged", () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });

  test("refuses an empty list", () => {
    expect(() => median([])).toThrow("no median of no values");
  });
});
