import { expect, test } from "vitest";
import { allocationPlan } from "./allocation-plan.ts";

const freed = 0xffff_ffff;

test("each freed allocation is marked by its number, also if an address is reused", () => {
  const plan = allocationPlan(
    Uint32Array.from([
      ...[8, 100], // 0, freed
      ...[16, 30], // 1, live
      ...[8, freed],
      ...[8, 50], // 2, live
      ...[24, 7], // 3, freed
      ...[24, freed],
    ]),
  );
  expect(plan.allocations).toBe(4);
  expect([...plan.freed]).toEqual([0b1001]);
  expect(plan.areaBytes).toBeGreaterThanOrEqual(100 + 7);
  expect(plan.keptBytes).toBeGreaterThanOrEqual(30 + 50);
});

test("more than eight allocations need another byte", () => {
  const events = Array.from({ length: 9 }, (_, index) => [8 * index, 1]);
  const plan = allocationPlan(Uint32Array.from([...events, [64, freed]].flat()));
  expect([...plan.freed]).toEqual([0, 1]);
});

test("frees of unknown addresses, and an incomplete event at the end, are ignored", () => {
  const plan = allocationPlan(Uint32Array.from([8, freed, 8, 4, 8]));
  expect(plan).toMatchObject({ allocations: 1, freed: Uint8Array.of(0) });
});
