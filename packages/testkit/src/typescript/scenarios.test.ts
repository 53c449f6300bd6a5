import { buildModule } from "@flawless-ts/module-builder";
import { beforeAll, describe, expect, test } from "vitest";
import { environmentOf, playInProcess, requestLines } from "../conformance/play.ts";
import { inProcessScenarios, sweptScenarios } from "../conformance/scenarios.ts";
import type { InProcessScenario } from "../conformance/scenario.ts";
import { crashEverywhere } from "../crash/crash-everywhere.ts";
import { TestEnvironment } from "../environment/test-environment.ts";

/** Scenarios that a workflow in TypeScript can't show, and why. */
const impossible: ReadonlyMap<string, string> = new Map([
  ["64-bit integers are exact in input and response", "JSON.parse rounds them, as JavaScript does"],
  ["an input of the wrong shape fails the workflow", "the words are those of Rust's serde"],
  [
    "a panic after the response fails the workflow, but the response stands",
    "the place is one in a .rs file",
  ],
  [
    "random numbers of all five types reach the guest exactly as they were recorded",
    "JavaScript has one type of number",
  ],
  ["the time is the one that was recorded", "a Date has no nanoseconds"],
]);

const isPossible = ({ name, fixture = "conformance" }: InProcessScenario): boolean =>
  // Other fixtures call the ABI directly, bypassing its crate, which no workflow in TypeScript can.
  fixture === "conformance" && !impossible.has(name);
const named = (scenarios: readonly InProcessScenario[]): [string, InProcessScenario, number][] =>
  scenarios.filter(isPossible).map((scenario, index) => [scenario.name, scenario, index]);

/** A scenario's observation, with a workflow's error as the panic that it would be in Rust. */
function inRust(seen: unknown): unknown {
  if (Array.isArray(seen)) return seen.map(inRust);
  if (typeof seen !== "object" || seen === null) return seen;
  const entries = Object.entries(seen).map(([name, value]) => [name, inRust(value)]);
  const { thrown, ...rest } = Object.fromEntries(entries) as Record<string, unknown>;
  return thrown === undefined ? rest : { ...rest, code: "PANIC" };
}

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
