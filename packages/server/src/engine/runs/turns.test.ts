import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { globalTimers } from "../../time/timers.ts";
import { Turns } from "./turns.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

/** Owners that record when they may continue. Each has already made its free bursts. */
function flooders(
  turns: Turns,
  names: readonly string[],
): { told: string[]; take: (name: string) => void; owners: Map<string, object> } {
  const told: string[] = [];
  const owners = new Map(names.map((name) => [name, { name }]));
  const take = (name: string): void => turns.take(owners.get(name) ?? {}, () => told.push(name));
  for (const name of names) {
    for (let burst = 0; burst < 4; burst += 1) {
      take(name);
    }
  }
  told.length = 0;
  return { told, take, owners };
}

test("a few bursts in a row are free", () => {
  const turns = new Turns(globalTimers);
  const owner = {};
  let went = 0;
  for (let burst = 0; burst < 4; burst += 1) {
    turns.take({}, () => (went += 1));
    turns.take(owner, () => (went += 1));
  }
  expect(went).toBe(8);
});

test("workflows that continue endlessly take turns, one at a time", () => {
  const { told, take } = flooders(new Turns(globalTimers), ["a", "b", "c"]);
  take("a");
  take("b");
  take("c");
  expect(told).toEqual(["a"]);
  take("a");
  expect(told).toEqual(["a", "b"]);
  take("b");
  take("c");
  expect(told).toEqual(["a", "b", "c", "a"]);
});

test("a workflow alone gets its turn immediately each time", () => {
  const { told, take } = flooders(new Turns(globalTimers), ["a"]);
  take("a");
  take("a");
  expect(told).toEqual(["a", "a"]);
});

test("a workflow that computes instead of calling does not hold up others for long", () => {
  const { told, take } = flooders(new Turns(globalTimers), ["spins", "b"]);
  take("spins");
  take("b");
  vi.advanceTimersByTime(19);
  expect(told).toEqual(["spins"]);
  vi.advanceTimersByTime(1);
  expect(told).toEqual(["spins", "b"]);
  take("b");
  expect(told).toEqual(["spins", "b", "b"]);
});

test("a workflow that waits, or is gone, gives its turn back, and starts afresh", () => {
  const turns = new Turns(globalTimers);
  const { told, take, owners } = flooders(turns, ["a", "b", "c"]);
  take("a");
  take("b");
  take("c");
  turns.end(owners.get("b") ?? {});
  turns.end(owners.get("a") ?? {});
  expect(told).toEqual(["a", "c"]);
  take("a");
  expect(told).toEqual(["a", "c", "a"]);
});
