import { describe, expect, test } from "vitest";
import type { HistoryStep } from "@flawless-ts/sdk";
import { journalTable } from "./journal-table.ts";

const start = Date.UTC(2026, 0, 1);

function sleepStep(step: number): HistoryStep {
  return {
    step,
    at: new Date(start + step * 1_000).toISOString(),
    answeredAt: new Date(start + step * 1_000 + 500).toISOString(),
    call: '{"Sleep":{"secs":0,"nanos":500000000}}',
    answer: '"Unit"',
  };
}

describe("journalTable", () => {
  test("has a line for each step in aligned columns", () => {
    const waiting = { ...sleepStep(2), call: '"TimeNow"', answeredAt: null, answer: null };
    expect(journalTable([sleepStep(1), waiting], start)).toEqual([
      "step  at    took    call          answer",
      "1     +1 s  500 ms  Sleep 500 ms",
      "2     +2 s          TimeNow       (waiting)",
    ]);
  });

  test("omits the middle of a long journal", () => {
    const steps = Array.from({ length: 100 }, (_, index) => sleepStep(index + 1));
    const lines = journalTable(steps, start);
    expect(lines).toHaveLength(32);
    expect(lines[10]).toMatch(/^10 /);
    expect(lines[11]).toBe("… 70 steps left out");
    expect(lines[12]).toMatch(/^81 /);
    expect(lines[31]).toMatch(/^100 /);
  });

  test("omits nothing if all is wanted", () => {
    const steps = Array.from({ length: 100 }, (_, index) => sleepStep(index + 1));
    expect(journalTable(steps, start, { all: true })).toHaveLength(101);
  });

  test("omits nothing that would fit", () => {
    const steps = Array.from({ length: 30 }, (_, index) => sleepStep(index + 1));
    expect(journalTable(steps, start)).toHaveLength(31);
  });

  test("shortens long cells and keeps them on one line", () => {
    const message = `two\nlines and ${"a".repeat(1_000)}`;
    const call = JSON.stringify({ Log: { Info: message } });
    const [, line = ""] = journalTable([{ ...sleepStep(1), call }], start);
    expect(line).toMatch(/Log Info: two\\nlines and a+…$/);
    expect(line.length).toBeLessThan(90);
  });
});
