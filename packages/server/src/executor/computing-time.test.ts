import { expect, test } from "vitest";
import { ComputingTime } from "./computing-time.ts";

const thread = {};

/** How long the guest has computed at each of these checks. */
function measure(since: number, ...looks: readonly number[]): readonly number[] {
  const time = new ComputingTime(100);
  time.look(0);
  return looks.map((now) => {
    time.look(now);
    return time.of(thread, { guest: 1, since });
  });
}

test("the time between checks counts", () => {
  expect(measure(30, 50, 100, 150)).toEqual([20, 70, 120]);
});

test("time without checks doesn't count", () => {
  expect(measure(30, 50, 12_050, 12_100)).toEqual([20, 120, 170]);
  expect(measure(30, 12_050, 12_100)).toEqual([100, 150]);
});

test("setting the clock back subtracts nothing", () => {
  expect(measure(30, 50, -5_000, -4_950)).toEqual([20, 20, 70]);
});

test("each host call resets the time", () => {
  const time = new ComputingTime(100);
  time.look(0);
  time.look(50);
  time.of(thread, { guest: 1, since: 0 });
  time.look(100);
  expect(time.of(thread, { guest: 1, since: 90 })).toBe(10);
  time.look(150);
  expect(time.of(thread, { guest: 2, since: 90 })).toBe(50);
});
