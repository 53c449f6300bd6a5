import { expect, test } from "vitest";
import type { EngineHealth } from "../api/engine-api.ts";
import type { OtherHealth } from "./engine-link.ts";
import { DividedEngine, type DividedEngineParts } from "./divided-engine.ts";

function healthOf(own: EngineHealth, ...others: readonly OtherHealth[]): EngineHealth {
  const parts: Pick<DividedEngineParts, "othersHealth"> & { own: { health(): EngineHealth } } = {
    own: { health: () => own },
    othersHealth: () => others,
  };
  return new DividedEngine({
    all: {},
    others: [],
    ...parts,
  } as unknown as DividedEngineParts).health();
}

const well: OtherHealth = { problem: null, running: 2 };
const full: OtherHealth = { problem: "The disk is full.", running: 2 };

test("engines behind one port are healthy together, and count all workflows", () => {
  expect(healthOf({ status: "ok", reason: null, running: 1 }, well, well)).toEqual({
    status: "ok",
    reason: null,
    running: 5,
  });
});

test("one engine that can't work makes the server degraded, because starts may reach it", () => {
  expect(healthOf({ status: "ok", reason: null, running: 1 }, well, full)).toEqual({
    status: "degraded",
    reason: "1 of 3 engines can't work: The disk is full.",
    running: 5,
  });
  const own = { status: "degraded", reason: "The disk is full.", running: 0 } as const;
  expect(healthOf(own, full).reason).toBe("The disk is full.");
});
