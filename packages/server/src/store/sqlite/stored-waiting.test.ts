import { expect, test } from "vitest";
import { fromStoredWaiting, toStoredWaiting } from "./stored-waiting.ts";

const wakeAt = 1_800_000_000_123;
const until = new Date(wakeAt).toISOString();

test.each([
  ["a sleep until the workflow is woken", { on: "sleep", until }, wakeAt, true],
  ["a sleep that never ends", { on: "sleep", until: new Date(8.64e15).toISOString() }, 9e15, true],
  ["a sleep that is over", { on: "sleep", until }, 0, false],
  ["a sleep of one that is not woken", { on: "sleep", until }, null, false],
  ["a message", { on: "message", types: ["go"], until }, wakeAt, false],
] as const)("%s comes back as it was", (_what, waiting, at, isShort) => {
  const stored = toStoredWaiting(waiting, at);

  expect(stored === '"sleep"').toBe(isShort);
  expect(fromStoredWaiting(stored, at)).toEqual(waiting);
});

test("waiting for nothing stays nothing", () => {
  expect(toStoredWaiting(null, wakeAt)).toBeNull();
  expect(fromStoredWaiting(null, wakeAt)).toBeNull();
});
