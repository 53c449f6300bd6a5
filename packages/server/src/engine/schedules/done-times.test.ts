import { describe, expect, test } from "vitest";
import { outlook, type TimeRange, upcoming, withRange, withTime } from "./done-times.ts";
import { ScheduleTimes } from "./times/schedule-times.ts";

const window = { catchUpMs: 100, jitterMs: 0 };
const timing = { cron: null, timeZone: null, everyMs: 10, anchor: 0, pausedAt: null, endsAt: null };
const times = new ScheduleTimes("s", { ...timing, jitterMs: 0 });

function due(done: readonly TimeRange[], now: number): unknown {
  const next = outlook(times, done, window, now);
  return next.due ?? { lookAt: next.due === null ? next.lookAt : undefined };
}

describe("what is due", () => {
  test("is the first time that is not decided and not too late", () => {
    expect(due([[0, 200]], 205)).toEqual({ lookAt: 210 });
    expect(due([[0, 200]], 210)).toBe(210);
    expect(due([[0, 200]], 225)).toBe(210);
    expect(due([[0, 200]], 1_000)).toBe(900);
  });

  test("is nothing after the clock was set back, until it has passed what was decided", () => {
    expect(due([[0, 200]], 55)).toEqual({ lookAt: 210 });
  });

  test("is what was skipped, after the clock was far ahead", () => {
    const done: readonly TimeRange[] = [
      [0, 200],
      [900_000, 1_000_000],
    ];
    expect(due(done, 210)).toBe(210);
    expect(
      due(
        [
          [0, 899_990],
          [900_000, 1_000_000],
        ],
        899_995,
      ),
    ).toEqual({ lookAt: 1_000_010 });
  });

  test("is delayed by jitter, which does not make it too late", () => {
    const jittered = new ScheduleTimes("s", { ...timing, everyMs: 1_000, jitterMs: 1_000 });
    const options = { catchUpMs: 100, jitterMs: 1_000 };
    const startAt = jittered.startAt(5_000);
    expect(startAt).toBeGreaterThan(5_000);
    const before: readonly TimeRange[] = [[0, 4_000]];
    expect(outlook(jittered, before, options, startAt - 1)).toEqual({ due: null, lookAt: startAt });
    expect(outlook(jittered, before, options, startAt + 100)).toEqual({ due: 5_000 });
    expect(outlook(jittered, before, options, startAt + 101)).toEqual({
      due: null,
      lookAt: jittered.startAt(6_000),
    });
  });
});

test("the next times omit those that are decided", () => {
  expect(
    upcoming(
      times,
      [
        [0, 200],
        [220, 240],
      ],
      195,
      3,
    ),
  ).toEqual([210, 250, 260]);
});

describe("what is decided", () => {
  test("becomes one range if no time is between", () => {
    expect(withTime(times, [[0, 200]], 210)).toEqual({ done: [[0, 210]], missed: 0 });
    expect(
      withTime(
        times,
        [
          [0, 205],
          [220, 300],
        ],
        210,
      ),
    ).toEqual({ done: [[0, 300]], missed: 0 });
    expect(withRange(times, [[0, 200]], [150, 190])).toEqual([[0, 200]]);
  });

  test("includes how many times were skipped", () => {
    expect(withTime(times, [[0, 200]], 250)).toEqual({
      done: [
        [0, 200],
        [250, 250],
      ],
      missed: 4,
    });
    expect(withTime(times, [[0, 200]], 100_000).missed).toBe(1_000);
  });

  test("is stored in ten ranges: the oldest gaps also count as decided", () => {
    let done: readonly TimeRange[] = [];
    for (let index = 0; index < 12; index += 1) {
      done = withRange(times, done, [index * 100, index * 100]);
    }
    expect(done).toHaveLength(10);
    expect(done[0]).toEqual([0, 200]);
  });
});
