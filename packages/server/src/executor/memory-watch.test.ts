import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { MemoryWatch } from "./memory-watch.ts";

test("memory is tight before it is exceeded, and guests are stopped one at a time", () => {
  let used = 0;
  const memory = new MemoryWatch(1_000, () => used);
  const look = (bytes: number): readonly boolean[] => {
    used = bytes;
    return [memory.isTight, memory.isExceeded()];
  };
  expect(look(899)).toEqual([false, false]);
  expect(look(900)).toEqual([true, false]);
  expect(look(1_000)).toEqual([true, true]);
  // The memory of the stopped one is still being released.
  expect(look(1_000)).toEqual([true, false]);
});

test("guests may use most of the machine's memory by default", () => {
  expect(new MemoryWatch().limitBytes).toBeGreaterThan(0);
});

test("the last known memory usage counts while the system can't report it", () => {
  let tell = (): number => 950;
  const memory = new MemoryWatch(1_000, () => tell());
  expect(memory.isTight).toBe(true);
  tell = () => {
    throw Object.assign(new Error("EMFILE: too many open files"), { code: "EMFILE" });
  };

  expect([memory.isTight, memory.isExceeded()]).toEqual([true, false]);
});

describe("after a guest was stopped", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
  afterEach(() => void vi.useRealTimers());

  /** Checks half a second later, when no memory is being released any more. */
  function laterLooks(...sizes: readonly number[]): readonly boolean[] {
    let used = 0;
    const memory = new MemoryWatch(1_000, () => used);
    return sizes.map((bytes) => {
      used = bytes;
      vi.advanceTimersByTime(500);
      return memory.isExceeded();
    });
  }

  test("and that released nothing, the next is stopped only if memory grows", () => {
    expect(laterLooks(1_000, 1_000, 1_049, 1_050, 1_099, 1_100, 1_100)).toEqual([
      ...[true, false, false, true, false, true, true],
    ]);
  });

  test("and that released enough, the original limit applies again", () => {
    expect(laterLooks(1_000, 999, 1_000)).toEqual([true, false, true]);
  });

  test("no other is stopped while its thread's memory is being released", () => {
    const memory = new MemoryWatch(1_000, () => 2_000);
    memory.settles();
    vi.advanceTimersByTime(499);
    expect(memory.isExceeded()).toBe(false);
    vi.advanceTimersByTime(1);
    expect(memory.isExceeded()).toBe(true);
  });
});
