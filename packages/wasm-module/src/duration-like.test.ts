import { describe, expect, expectTypeOf, test } from "vitest";
import { parseDuration, type DurationLike } from "./duration-like.ts";

describe("a duration", () => {
  test.each<[DurationLike, number]>([
    [0, 0],
    [1.5, 1.5],
    ["0 days", 0],
    ["250 ms", 250],
    ["1.5 s", 1500],
    ["90s", 90_000],
    ["45m", 2_700_000],
    ["12 hrs", 43_200_000],
    [".5 min", 30_000],
    ["2 Minutes" as DurationLike, 120_000],
    ["1 millisecond", 1],
    ["2 secs", 2000],
    ["1 yr", 31_557_600_000],
    ["3 days", 259_200_000],
    ["2 weeks", 1_209_600_000],
    ["1y", 31_557_600_000],
    [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  ])("%j is %d ms", (duration, milliseconds) => {
    expect(parseDuration(duration)).toBe(milliseconds);
  });

  test.each([
    -1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    2 ** 53,
    "",
    "3",
    "days",
    "-3 days",
    "3 dayz",
    "3 days ago",
    "1 month",
    "1.5.5 s",
    "1e3 s",
    "300000 years",
    `${"1".repeat(200)} ms`,
    null,
    new Date(0),
    { days: 3 },
  ])("%j is refused with what is expected", (duration) => {
    expect(() => parseDuration(duration as DurationLike)).toThrow(
      /^expected a duration in milliseconds, or as text such as "3 days", of up to 285,000 years, but got /,
    );
  });

  test("with an unknown unit, or with none, does not compile", () => {
    expectTypeOf<"3 days">().toExtend<DurationLike>();
    expectTypeOf<"1.5h">().toExtend<DurationLike>();
    expectTypeOf<"3 dayz">().not.toExtend<DurationLike>();
    expectTypeOf<"3">().not.toExtend<DurationLike>();
    expectTypeOf<"days">().not.toExtend<DurationLike>();
  });
});
