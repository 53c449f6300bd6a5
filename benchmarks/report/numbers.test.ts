import { describe, expect, test } from "vitest";
import { formatMebibytes, formatNumber } from "./numbers.ts";

describe("formatNumber", () => {
  test.each([
    [0, "0.000"],
    [0.12345, "0.123"],
    [1.2, "1.20"],
    [12.345, "12.3"],
    [99.96, "100"],
    [123.4, "123"],
    [2345.6, "2,346"],
    [1_000_000, "1,000,000"],
  ])("shows %d as %s", (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });
});

describe("formatMebibytes", () => {
  test("shows MiB", () => {
    expect(formatMebibytes(100 * 2 ** 20)).toBe("100 MiB");
  });

  test("says if it is unknown", () => {
    expect(formatMebibytes(undefined)).toBe("unknown");
  });
});
