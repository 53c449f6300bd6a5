import { expect, test } from "vitest";
import type { EngineHealth } from "../api/engine-api.ts";
import { partitionOfKey } from "../cluster/partition-of.ts";
import type { Engine } from "../engine/index.ts";
import { DividedEngine, type DividedEngineParts } from "./divided-engine.ts";
import type { OtherHealth } from "./engine-link.ts";
import { FixedNode } from "./fixed-node.ts";

function healthOf(own: EngineHealth, ...others: readonly OtherHealth[]): EngineHealth {
  const node = new FixedNode(
    0,
    { health: () => own } as Engine,
    others.map(({ problem }, index) => ({ partition: index + 1, url: "", problem })),
  );
  const parts: Pick<DividedEngineParts, "othersRunning"> & { all: { health(): EngineHealth } } = {
    all: { health: () => ({ ...node.health(), running: own.running }) },
    othersRunning: () => others.reduce((sum, { running }) => sum + running, 0),
  };
  return new DividedEngine(parts as unknown as DividedEngineParts).health();
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

test("a key is asked of the engine that starts its workflows, which knows what is not durable yet", async () => {
  const idOfKey = (engine: string) => async (key: string) => `${engine} ${key}`;
  const divided = new DividedEngine({
    others: [null, { idOfKey: idOfKey("other") }],
    all: { idOfKey: idOfKey("own") },
  } as unknown as DividedEngineParts);
  const keys = ["a", "b", "c", "d", "e", "f"];
  const expected = keys.map((key) => `${partitionOfKey(key, 2) === 0 ? "own" : "other"} ${key}`);
  expect(await Promise.all(keys.map((key) => divided.idOfKey(key)))).toEqual(expected);
  expect(new Set(expected.map((text) => text.split(" ")[0]))).toEqual(new Set(["own", "other"]));
});
