import { expect, test } from "vitest";
import { LogBudget } from "./log-budget.ts";

/** With the 200 characters around it, a line counts 1,000. */
const line = "x".repeat(800);

function setUp(perSecond: number) {
  let now = 0;
  const budget = new LogBudget(perSecond, () => now);
  return {
    /** How many of this many lines are written. */
    written: (module: string, lines: number): number =>
      Array.from({ length: lines }, () => budget.take(module, line)).filter(Boolean).length,
    pass: (milliseconds: number): void => void (now += milliseconds),
  };
}

test("a module may write two seconds' worth of its half at once, and then half of the total", () => {
  const { written, pass } = setUp(10_000);
  expect(written("flood", 100)).toBe(10);
  pass(1_000);
  expect(written("flood", 100)).toBe(5);
  pass(60_000);
  expect(written("flood", 100)).toBe(10);
});

test("a module that floods the log leaves room for others", () => {
  const { written, pass } = setUp(10_000);
  written("flood", 100);
  for (let second = 0; second < 20; second += 1) {
    pass(1_000);
    written("flood", 100);
    expect(written("quiet", 4)).toBe(4);
  }
});

test("many modules together stay within the total", () => {
  const { written } = setUp(10_000);
  const lines = ["a", "b", "c", "d"].map((module) => written(module, 100));
  expect(lines).toEqual([10, 10, 0, 0]);
});

test("a line longer than the budget is written, and then none for a while", () => {
  const budget = new LogBudget(1_000, () => 0);
  expect(budget.take("a", "x".repeat(16_384))).toBe(true);
  expect(budget.take("a", "short")).toBe(false);
});

test.each([0, -1, 0.5, NaN, Infinity])("a limit of %d is refused", (perSecond) => {
  expect(() => new LogBudget(perSecond)).toThrow(
    expect.objectContaining({ code: "FLAWLESS_INVALID_OPTION", option: "logCharactersPerSecond" }),
  );
});
