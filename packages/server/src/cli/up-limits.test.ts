import { expect, test } from "vitest";
import { limitNames, readUpLimits } from "./up-limits.ts";

test("limits reach the part of the server that they belong to", () => {
  expect(
    readUpLimits(["jsonBytes=8Mi", "residentGuests=5", "guestTimeLimitMs=3s", "moduleBytes=1Mi"]),
  ).toEqual({
    limits: { residentGuests: 5, moduleBytes: 2 ** 20 },
    apiLimits: { jsonBytes: 8 * 2 ** 20, moduleBytes: 2 ** 20 },
    executors: { guestTimeLimitMs: 3_000 },
  });
  expect(readUpLimits([])).toEqual({ limits: {}, apiLimits: {}, executors: {} });
});

test("every limit has a unique name", () => {
  expect(new Set(limitNames).size).toBe(limitNames.length);
  for (const name of limitNames) {
    expect(readUpLimits([`${name}=1`])).not.toEqual(readUpLimits([]));
  }
  expect(limitNames).not.toContain("retry");
});
