import { expect, test } from "vitest";
import { StartTurns } from "./start-turns.ts";

/** The turns for starts at these times, in milliseconds. */
function turnsAt(times: readonly number[]): readonly number[] {
  let now = 0;
  const turns = new StartTurns({ monotonicNow: () => now });
  return times.map((time) => {
    now = 1_000 + time;
    return turns.next();
  });
}

test("few starts go to all partitions in turn, however close together they are", () => {
  expect(turnsAt([0, 0, 1, 30, 30, 500])).toEqual([1, 2, 3, 4, 5, 6]);
});

test("if many came a moment ago, starts within some milliseconds go to the same one", () => {
  expect(turnsAt([0, 0, 0, 0, 20, 21, 39, 40, 41])).toEqual([1, 2, 3, 4, 5, 5, 5, 6, 7]);
});

test("while many come, each turn is for one partition", () => {
  const times = Array.from({ length: 50 }, (_, start) => start * 2);
  expect(turnsAt(times).slice(10)).toEqual(
    Array.from({ length: 40 }, (_, start) => 11 + Math.floor(start / 10)),
  );
});

test("many starts count only for a moment", () => {
  const first = Array.from({ length: 20 }, () => 0);
  expect(turnsAt([...first, 45, 46]).slice(20)).toEqual([21, 22]);
});
