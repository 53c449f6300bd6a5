import { expect, test } from "vitest";
import { allocationPlan } from "./allocation-plan.ts";

const freed = 0xffff_ffff;

test("what is freed is marked by its number among all that is allocated, also where a place is used again", () => {
  const plan = allocationPlan(
    Uint32Array.from([
      ...[8, 100], // 0, freed
      ...[16, 30], // 1, kept
      ...[8, freed],
      ...[8, 50], // 2, kept
      ...[24, 7], // 3, freed
      ...[24, freed],
    ]),
  );
  expect(plan.allocations).toBe(4);
  expect([...plan.freed]).toEqual([0b1001]);
  expect(plan.areaBytes).toBeGreaterThanOrEqual(100 + 7);
  expect(plan.keptBytes).toBeGreaterThanOrEqual(30 + 50);
});

test("more than eight take more than a byte", () => {
  const events = Array.from({ length: 9 }, (_, index) => [8 * index, 1]);
  const plan = allocationPlan(Uint32Array.from([...events, [64, freed]].flat()));
  expect([...plan.freed]).toEqual([0, 1]);
});

test("frees of what nobody noted, and an end in the middle, change nothing", () => {
  const plan = allocationPlan(Uint32Array.from([8, freed, 8, 4, 8]));
  expect(plan).toMatchObject({ allocations: 1, freed: Uint8Array.of(0) });
});
