import { describe, expect, test } from "vitest";
import { GuestClock } from "./guest-clock.ts";

describe("GuestClock", () => {
  test("starts at the given time, and stands still by itself", () => {
    const clock = new GuestClock({ start: 1000n, step: 5n });
    expect(clock.now).toBe(1000n);
    expect(clock.now).toBe(1000n);
    expect(clock.elapsed).toBe(0n);
  });

  test("advances by a step with each tick", () => {
    const clock = new GuestClock({ start: 1000n, step: 5n });
    clock.tick();
    clock.tick();
    expect(clock.now).toBe(1010n);
    expect(clock.elapsed).toBe(10n);
  });

  test("sleeps without going back", () => {
    const clock = new GuestClock({ start: 1000n, step: 5n });
    clock.sleepUntil(300n);
    clock.sleepUntil(200n);
    expect(clock.elapsed).toBe(300n);
    expect(clock.sinceStart(1400n)).toBe(400n);
  });

  test("ends at the last time that fits in 64 bits", () => {
    const clock = new GuestClock({ start: 1000n, step: 5n });
    clock.sleepUntil(2n ** 64n - 1n);
    expect(clock.now).toBe(2n ** 64n - 1n);
    clock.tick();
    expect(clock.now).toBe(2n ** 64n - 1n);
  });
});
