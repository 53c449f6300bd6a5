import { expect, test } from "vitest";
import { crashEverywhere } from "../crash/crash-everywhere.ts";
import type { TestEnvironment } from "../environment/test-environment.ts";
import { charge, startScript } from "../testing/scripts.ts";

const retry = { attempts: 3, initialDelayMs: 60_000 };
const ship = { ...charge, queue: "parcels", name: "ship" };

/** Two concurrent activities, one of which is retried; then one that continues where its previous attempt was. */
const script = [
  { ask: ["begin", { operation: 1, ...charge, retry }] },
  { ask: ["begin", { operation: 2, ...ship, retry }] },
  { ask: ["wait", { operations: [2] }] },
  { ask: ["wait", { operations: [1] }] },
  { ask: ["run", { ...ship, name: "pack", retry }] },
];

async function scenario(env: TestEnvironment): Promise<unknown> {
  const run = await startScript(env, script);
  const answers = (await run.response()) as readonly { readonly body: unknown }[];
  const results = answers.map(({ body }) => body);
  expect(results.slice(2)).toEqual([
    { operation: 2, result: { value: "on its way" } },
    { operation: 1, result: { value: "paid 7" } },
    { value: { box: 1 } },
  ]);
  return [results, await run.completion()];
}

const activities = {
  charge: ({ order }: { readonly order: number }) => `paid ${order}`,
  ship: () => "on its way",
  pack: (
    _order: unknown,
    activity: { lastDetails: unknown; heartbeat(details: unknown): void },
  ) => {
    if (activity.lastDetails === undefined) {
      activity.heartbeat({ box: 1 });
      throw new Error("the tape is used up");
    }
    return activity.lastDetails;
  },
};

test("a crash at any line of activities' journals changes nothing", async () => {
  const faults = { activities: [{ activity: "charge", attempts: 2, fail: "no" }] };
  const report = await crashEverywhere(scenario, { environment: { activities, faults } });
  expect(report.tried).toBe(report.boundaries);
  expect(report.boundaries).toBeGreaterThan(20);
});

test("nor does a crash of a workflow that is rebuilt after each wait", async () => {
  const environment = { activities, alwaysReplay: true };
  const report = await crashEverywhere(scenario, { environment });
  expect(report.tried).toBe(report.boundaries);
});
