import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { expect, test } from "vitest";
import { crashEverywhere } from "../crash/crash-everywhere.ts";
import { TestEnvironment } from "./test-environment.ts";

const conformance = fixtureBytes("conformance");
const day = 24 * 3_600_000;

test("a restarted workflow runs with the same input, while time is skipped", async () => {
  await using env = await TestEnvironment.create({ startTime: "2030-01-01T00:00:00Z" });
  const module = await env.deploy(conformance);
  const run = await module.start("responds_later", { ms: day });
  expect(await run.response()).toBe("later");
  await run.completion();
  const before = env.now;
  const again = await run.restart();

  expect(await again.response()).toBe("later");
  expect(env.now).toBe(before + day);
  expect(await again.info()).toMatchObject({ restartedFrom: { id: run.id, fromStep: null } });
  expect(await run.info()).toMatchObject({ restarts: [{ id: again.id, fromStep: null }] });
});

test("a running workflow is restarted only if it may be terminated", async () => {
  await using env = await TestEnvironment.create();
  const module = await env.deploy(conformance);
  const run = await module.start("receive", null);
  await expect(run.restart()).rejects.toMatchObject({ code: "FLAWLESS_CONFLICT" });
  const again = await run.restart({ terminate: true });
  await again.send("approve", { by: "Ann" });

  expect(await again.response()).toEqual({ by: "Ann" });
  expect(await run.completion()).toEqual({ status: "cancelled" });
});

test("a crash anywhere leaves exactly one restart", async () => {
  const report = await crashEverywhere(async (env) => {
    const module = await env.deploy(conformance);
    const run = await module.start("sleep_steps", { count: 2, ms: day });
    await run.completion();
    const again = await run.restart();
    await again.completion();
    return (await env.workflows()).length;
  });
  expect(report.boundaries).toBeGreaterThan(5);
});

test("all matching workflows are restarted once, wherever the engine crashes", async () => {
  await crashEverywhere(async (env) => {
    const module = await env.deploy(conformance);
    const runs = [
      await module.start("panic_with_format", 1),
      await module.start("panic_with_format", 2),
    ];
    for (const run of runs) await run.completion();
    const filter = { status: "failed", idempotencyKey: "fixed" } as const;
    const outcomes = [
      await env.flawless.restartWorkflows(filter),
      await env.flawless.restartWorkflows(filter),
    ];
    expect(outcomes.map(({ count }) => count)).toEqual([2, 2]);
    expect(await env.workflows()).toHaveLength(4);
  });
});
