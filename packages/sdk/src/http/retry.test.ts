import { describe, expect, test } from "vitest";
import { readRetryAfter, retryDelayMs } from "./retry.ts";

const retry = { attempts: 5, initialDelayMs: 100, maxDelayMs: 1000 };
const policy = { retry, random: () => 0 };

describe("retryDelayMs", () => {
  test("doubles up to the maximum; half of it is random", () => {
    const failures = [1, 2, 3, 4, 5, 60];
    expect(failures.map((count) => retryDelayMs(policy, count, null))).toEqual([
      50, 100, 200, 400, 500, 500,
    ]);
    expect(
      failures.map((count) => retryDelayMs({ ...policy, random: () => 0.5 }, count, null)),
    ).toEqual([75, 150, 300, 600, 750, 750]);
  });

  test("is at least what the server requests", () => {
    expect(retryDelayMs(policy, 1, 3000)).toBe(3000);
    expect(retryDelayMs(policy, 3, 10)).toBe(200);
  });
});

describe("readRetryAfter", () => {
  const now = Date.parse("2026-01-01T00:00:00Z");

  test.each([
    [undefined, null],
    ["2", 2000],
    ["0", 0],
    ["Thu, 01 Jan 2026 00:00:05 GMT", 5000],
    ["Wed, 31 Dec 2025 00:00:00 GMT", 0],
    ["soon", null],
  ])("%s means %s ms", (header, milliseconds) => {
    expect(readRetryAfter(header, now)).toBe(milliseconds);
  });
});
