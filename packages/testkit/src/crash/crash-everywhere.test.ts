import { describe, expect, test } from "vitest";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import type { TestEnvironment } from "../environment/test-environment.ts";
import { charge, operations, resultsOf, startScript } from "../testing/scripts.ts";
import { crashEverywhere } from "./crash-everywhere.ts";

const conformance = fixtureBytes("conformance");
const environment = { http: { "*": { body: "fine" } }, secrets: { token: "hush" } };

async function allCalls(env: TestEnvironment): Promise<unknown> {
  const module = await env.deploy(conformance);
  const run = await module.start("all_calls", { url: "http://world.example", secret: "token" });
  await run.send("go", { value: "now" });
  const response = await run.response();
  return [response, await run.completion()];
}

describe("crashEverywhere", () => {
  test("finds nothing in a workflow that only waits", async () => {
    const report = await crashEverywhere(async (env) => {
      const module = await env.deploy(conformance);
      const run = await module.start("sleep_steps", { count: 5, ms: 3_600_000 });
      return run.response();
    });
    expect(report.tried).toBe(report.boundaries);
    expect(report.boundaries).toBeGreaterThanOrEqual(10);
  });

  test("finds that an interrupted request changes a workflow's response", async () => {
    await expect(crashEverywhere(allCalls, { environment })).rejects.toMatchObject({
      code: "FLAWLESS_TESTKIT_CRASH_CHANGED_OUTCOME",
      message: expect.stringMatching(
        /after commit 5 of 21, before the call .*effect-1.*RequestInterrupted/s,
      ),
    });
  });

  test("omits interruptions if told to, and then finds nothing else", async () => {
    const report = await crashEverywhere(allCalls, { environment, interruptRequests: false });
    expect(report.interruptions).toBeGreaterThan(0);
    expect(report.tried).toBe(report.boundaries - report.interruptions);
  });

  test("tries a sample of the boundaries", async () => {
    const report = await crashEverywhere(allCalls, {
      environment,
      interruptRequests: false,
      sample: { count: 4, seed: 3 },
    });
    expect(report.tried + report.interruptions).toBe(4);
  });

  test("reports a scenario that behaves differently after a crash", async () => {
    let runs = 0;
    const scenario = async (env: TestEnvironment): Promise<number> => {
      await env.deploy(conformance);
      runs += 1;
      return runs;
    };
    await expect(crashEverywhere(scenario)).rejects.toMatchObject({
      code: "FLAWLESS_TESTKIT_CRASH_CHANGED_OUTCOME",
      message: expect.stringContaining("before commit 1"),
    });
  });

  test("throws the scenario's own error without a crash", async () => {
    const scenario = (): Promise<unknown> => Promise.reject(new Error("the test is wrong"));
    await expect(crashEverywhere(scenario)).rejects.toThrow("the test is wrong");
  });

  test("covers activities: each call, its retries, and the worker's crash", async () => {
    const retry = { attempts: 3, initialDelayMs: 60_000 };
    const report = await crashEverywhere(
      async (env) => {
        const pay = { ...charge, retry, input: { order: 8 } };
        return await resultsOf(await startScript(env, operations({ ...charge, retry }, pay)));
      },
      {
        environment: {
          activities: { charge: ({ order }: { readonly order: number }) => `paid ${order}` },
          faults: { activities: [{ activity: "charge", fail: "no" }] },
        },
      },
    );
    expect(report.boundaries).toBeGreaterThanOrEqual(12);
    expect(report.tried).toBe(report.boundaries);
  });

  test("reports an activity that must not run twice, or omits such crashes", async () => {
    const scenario = async (env: TestEnvironment): Promise<unknown> =>
      resultsOf(await startScript(env, operations({ ...charge, atMostOnce: true })));
    const once = { activities: { charge: () => "paid" } };
    await expect(crashEverywhere(scenario, { environment: once })).rejects.toMatchObject({
      code: "FLAWLESS_TESTKIT_CRASH_CHANGED_OUTCOME",
      message: expect.stringMatching(/INTERRUPTED.*interrupted a request or an activity/s),
    });
    const report = await crashEverywhere(scenario, { environment: once, interruptRequests: false });
    expect(report.interruptions).toBeGreaterThan(0);
  });

  test("finds an activity that a workflow calls again after a crash", async () => {
    let runs = 0;
    const scenario = async (env: TestEnvironment): Promise<unknown> => {
      runs += 1;
      // Like a nondeterministic workflow: its input has the number of the run.
      const run = await startScript(env, operations({ ...charge, input: { order: runs } }));
      return await resultsOf(run);
    };
    const environment = { activities: { charge: () => "paid" } };
    await expect(crashEverywhere(scenario, { environment })).rejects.toThrow(
      /the activities differ:.*order.{2}:1.*order.{2}:2/s,
    );
  });
});
