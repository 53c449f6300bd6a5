import { buildModule } from "@flawless-ts/module-builder";
import { beforeAll, describe, expect, test } from "vitest";
import { environmentOf, playInProcess, requestLines } from "../conformance/play.ts";
import { inProcessScenarios, sweptScenarios } from "../conformance/scenarios.ts";
import type { InProcessScenario } from "../conformance/scenario.ts";
import { crashEverywhere } from "../crash/crash-everywhere.ts";
import { TestEnvironment } from "../environment/test-environment.ts";
import { impossible, inRust, twinScenarios } from "./twin-scenarios.ts";

const named = (scenarios: readonly InProcessScenario[]): [string, InProcessScenario, number][] =>
  twinScenarios(scenarios).map((scenario, index) => [scenario.name, scenario, index]);

let wasm: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  const entry = new URL("conformance-twin.ts", import.meta.url);
  ({ wasm } = await buildModule({ entry, types: false }));
});

test("only existing scenarios are omitted", () => {
  const names = new Set(inProcessScenarios.map(({ name }) => name));
  expect([...impossible.keys()].filter((name) => !names.has(name))).toEqual([]);
});

describe.for([
  ["a module from TypeScript", false],
  ["a module from TypeScript, each guest rebuilt at each wake-up", true],
] as const)("%s", ([, alwaysReplay]) => {
  test.for(named(inProcessScenarios))("%s", async ([, scenario]) => {
    await using env = await TestEnvironment.create({ ...environmentOf(scenario), alwaysReplay });
    expect(inRust(await playInProcess(scenario, env, wasm))).toEqual(scenario.expected);
    expect(requestLines(env).toSorted()).toEqual(scenario.requests ?? []);
  });
});

/** Each scenario at different boundaries, so that together they cover a lot. */
const crashesPerScenario = 2;

test.for(named(sweptScenarios))(
  "a crash changes nothing for a module from TypeScript: %s",
  async ([, scenario, index]) => {
    const report = await crashEverywhere((env) => playInProcess(scenario, env, wasm), {
      environment: environmentOf(scenario),
      interruptRequests: false,
      sample: { count: crashesPerScenario, seed: index },
    });
    expect(report.tried + report.interruptions).toBe(
      Math.min(crashesPerScenario, report.boundaries),
    );
    expect(report.boundaries).toBeGreaterThan(0);
  },
);
