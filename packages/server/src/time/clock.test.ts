import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { systemClock } from "./clock.ts";

const dayMs = 86_400_000;

describe("the machine's clock", () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) });
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  test("fires a timer once, when its time has come", () => {
    const callback = vi.fn<() => void>();
    systemClock.setTimer(systemClock.now() + 100, callback);

    vi.advanceTimersByTime(99);
    expect(callback).not.toHaveBeenCalled();
    vi.advanceTimersByTime(5);
    expect(callback).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(dayMs);
    expect(callback).toHaveBeenCalledTimes(1);
  });

  test("never fires one before the requested millisecond is over", () => {
    const callback = vi.fn<(isTime: boolean) => void>();
    const at = systemClock.now() + 0.5;
    systemClock.setTimer(at, () => callback(systemClock.now() >= at));

    vi.advanceTimersByTime(5);

    expect(callback).toHaveBeenCalledExactlyOnceWith(true);
  });

  test("fires one for the past at the next opportunity, not immediately", () => {
    const callback = vi.fn<() => void>();
    systemClock.setTimer(systemClock.now() - dayMs, callback);

    expect(callback).not.toHaveBeenCalled();
    vi.advanceTimersByTime(5);
    expect(callback).toHaveBeenCalledTimes(1);
  });

  test("waits longer than one setTimeout can", () => {
    const callback = vi.fn<() => void>();
    systemClock.setTimer(systemClock.now() + 60 * dayMs, callback);

    vi.advanceTimersByTime(59 * dayMs);
    expect(callback).not.toHaveBeenCalled();
    vi.advanceTimersByTime(dayMs + 5);
    expect(callback).toHaveBeenCalledTimes(1);
  });

  test("keeps the requested time even if the clock is set back meanwhile", () => {
    const callback = vi.fn<() => void>();
    const start = systemClock.now();
    systemClock.setTimer(start + 1_000, callback);
    vi.setSystemTime(start - 3_600_000);

    vi.advanceTimersByTime(3_600_000);
    expect(callback).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1_005);
    expect(callback).toHaveBeenCalledTimes(1);
  });

  test("notices soon that the clock was set forward", () => {
    const callback = vi.fn<() => void>();
    const start = systemClock.now();
    systemClock.setTimer(start + 30 * dayMs, callback);
    vi.advanceTimersByTime(60_000);
    vi.setSystemTime(start + 365 * dayMs);
    expect(callback).not.toHaveBeenCalled();

    vi.advanceTimersByTime(10_005);
    expect(callback).toHaveBeenCalledTimes(1);
  });

  test("forgets a cancelled timer, even one that it has rearmed", () => {
    const callback = vi.fn<() => void>();
    const cancel = systemClock.setTimer(systemClock.now() + 60 * dayMs, callback);
    vi.advanceTimersByTime(30 * dayMs);

    cancel();
    vi.advanceTimersByTime(60 * dayMs);

    expect(callback).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });
});
