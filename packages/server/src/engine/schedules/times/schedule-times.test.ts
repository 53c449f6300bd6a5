import { expect, test } from "vitest";
import { ScheduleTimes, type Timing } from "./schedule-times.ts";

const none: Timing = {
  cron: null,
  timeZone: null,
  everyMs: null,
  anchor: null,
  jitterMs: 0,
  pausedAt: null,
  endsAt: null,
};

test("equal spans are counted from their anchor, in both directions", () => {
  const times = new ScheduleTimes("s", { ...none, everyMs: 1_000, anchor: 5_300 });
  expect([-1, 299, 300, 5_299, 5_300].map((after) => times.next(after))).toEqual([
    300, 300, 1_300, 5_300, 6_300,
  ]);
  expect(new ScheduleTimes("s", { ...none, everyMs: 60_000 }).next(61_000)).toBe(120_000);
});

test("the last time may be that of the end, and the first moment of a pause is not due", () => {
  const end = new ScheduleTimes("s", { ...none, everyMs: 10, endsAt: 30 });
  expect([end.next(20), end.next(30)]).toEqual([30, undefined]);
  const pause = new ScheduleTimes("s", { ...none, everyMs: 10, pausedAt: 30 });
  expect([pause.next(10), pause.next(20)]).toEqual([20, undefined]);
  expect(pause.isEverDue(20)).toBe(true);
});

test("jitter delays each time by its own amount, and preserves their order", () => {
  const timing = { ...none, everyMs: 1_000, jitterMs: 1_000 };
  const times = new ScheduleTimes("s", timing);
  const starts = Array.from({ length: 200 }, (_, index) => times.startAt(index * 1_000));
  expect(starts).toEqual(starts.toSorted((a, b) => a - b));
  const parts = starts.map((start, index) => start - index * 1_000);
  expect(Math.min(...parts)).toBeLessThan(50);
  expect(Math.max(...parts)).toBeGreaterThan(950);
  expect(parts.every((part) => part >= 0 && part < 1_000)).toBe(true);
  // The same after a restart, and different for others.
  expect(new ScheduleTimes("s", timing).startAt(7_000)).toBe(starts[7]);
  expect(new ScheduleTimes("t", timing).startAt(7_000)).not.toBe(starts[7]);
});

test("the shortest span is that between two of the next times", () => {
  const cron = { ...none, cron: "0,10 * * * *", timeZone: "UTC" };
  expect(new ScheduleTimes("s", cron).shortestSpan(0)).toBe(600_000);
  expect(new ScheduleTimes("s", { ...none, everyMs: 7 }).shortestSpan(0)).toBe(7);
  // In that night 02:05 is due at 03:00, five minutes before the next one.
  const berlin = new ScheduleTimes("s", { ...cron, cron: "5 * * * *", timeZone: "Europe/Berlin" });
  expect(berlin.shortestSpan(Date.UTC(2026, 2, 28, 20))).toBe(3_600_000);
});
