import { expect, test } from "vitest";
import { MemoryWatch } from "./memory-watch.ts";

test("memory is tight before it is exceeded, and one guest at a time is to be stopped", () => {
  let used = 0;
  const memory = new MemoryWatch(1_000, () => used);
  const look = (bytes: number): readonly boolean[] => {
    used = bytes;
    return [memory.isTight, memory.isExceeded()];
  };
  expect(look(899)).toEqual([false, false]);
  expect(look(900)).toEqual([true, false]);
  expect(look(1_000)).toEqual([true, true]);
  // What the stopped one had is still being given back.
  expect(look(1_000)).toEqual([true, false]);
});

test("by default most of what the machine has may be used", () => {
  expect(new MemoryWatch().limitBytes).toBeGreaterThan(0);
});

test("while the system can't tell, what it told last counts", () => {
  let tell = (): number => 950;
  const memory = new MemoryWatch(1_000, () => tell());
  expect(memory.isTight).toBe(true);
  tell = () => {
    throw Object.assign(new Error("EMFILE: too many open files"), { code: "EMFILE" });
  };

  expect([memory.isTight, memory.isExceeded()]).toEqual([true, false]);
});
