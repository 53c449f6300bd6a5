import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { IdleCollector } from "./idle-collector.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function letGo(collector: IdleCollector, guests: number): void {
  for (let guest = 0; guest < guests; guest += 1) {
    collector.hasWork();
    collector.guestGone();
  }
}

test("garbage is collected once when the work is done, and again after more work", () => {
  const collect = vi.fn<() => void>();
  const collector = new IdleCollector(() => undefined, collect);
  for (const times of [1, 2]) {
    letGo(collector, 50);
    for (let second = 0; second < 5; second += 1) {
      collector.hasWork();
      vi.advanceTimersByTime(1_000);
    }
    expect(collect).toHaveBeenCalledTimes(times - 1);
    vi.advanceTimersByTime(60_000);
    expect(collect).toHaveBeenCalledTimes(times);
  }
});

test("a few guests are not enough", () => {
  const collect = vi.fn<() => void>();
  letGo(new IdleCollector(() => undefined, collect), 49);
  vi.advanceTimersByTime(60_000);

  expect(collect).not.toHaveBeenCalled();
});

test("what is kept for other guests is released after few guests, too, and before garbage is collected", () => {
  const happened: string[] = [];
  const collector = new IdleCollector(
    () => happened.push("released"),
    () => happened.push("collected"),
  );
  for (const guests of [1, 50]) {
    letGo(collector, guests);
    vi.advanceTimersByTime(1_000);
    happened.push("idle");
    vi.advanceTimersByTime(60_000);
  }

  expect(happened).toEqual(["idle", "released", "idle", "released", "collected"]);
});
