import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { describe, expect, expectTypeOf, test } from "vitest";
import { charge, operations, receive, resultsOf, startScript } from "../testing/scripts.ts";
import { hang } from "./http-reply.ts";
import { TestEnvironment } from "./test-environment.ts";
import type { TestModule, TestRun } from "./test-module.ts";

const day = 86_400_000;
const sleep = { kind: "sleep", ms: day };

describe("a run can be waited for", () => {
  test("until it receives: time advances up to that point", async () => {
    await using env = await TestEnvironment.create();
    const start = env.now;
    const run = await startScript(env, [...(operations(sleep) as object[]), receive("approve")]);
    const { waiting } = await run.untilReceiving("approve");
    expect(waiting).toMatchObject({ on: "message", types: ["approve"] });
    expect(env.now - start).toBe(day);
    expect(await run.untilReceiving()).toMatchObject({ waiting });
    await run.send("approve");
    await run.completion();
  });

  test("until it sleeps, not until it has slept", async () => {
    await using env = await TestEnvironment.create({
      http: { "*": { body: "fine", after: "1 hour" } },
    });
    const start = env.now;
    const module = await env.deploy(fixtureBytes("conformance"));
    const run = await module.start("sleep_ms", { ms: day });
    expect((await run.untilSleeping()).waiting?.on).toBe("sleep");
    expect(env.now).toBe(start);
  });

  test("until it runs an activity, however short", async () => {
    await using env = await TestEnvironment.create({ activities: { charge: () => "paid" } });
    const start = env.now;
    const run = await startScript(env, operations(sleep, charge));
    await run.untilRunningActivity("charge");
    expect(env.now - start).toBe(day);
    expect(await resultsOf(run)).toEqual([{}, { value: "paid" }]);
  });

  test("until it runs one that is still running, and then immediately", async () => {
    await using env = await TestEnvironment.create({ activities: { charge: () => hang } });
    const run = await startScript(env, operations(charge));
    await run.untilRunningActivity();
    await run.untilRunningActivity("charge");
    expect((await run.info()).waiting).toMatchObject({ on: "activity", name: "charge" });
  });

  test("across a crash", async () => {
    await using env = await TestEnvironment.create();
    const run = await startScript(env, [...(operations(sleep) as object[]), receive("approve")]);
    const receiving = run.untilReceiving("approve");
    await env.crash();
    expect((await receiving).status).toBe("running");
  });

  test("but not for something it never does", async () => {
    await using env = await TestEnvironment.create({ activities: { charge: () => "paid" } });
    const run = await startScript(env, operations(charge));
    await run.completion();
    await expect(run.untilSleeping()).rejects.toMatchObject({
      code: "FLAWLESS_TESTKIT_RUN_ENDED",
      message: expect.stringContaining(
        `script (${run.id}) is completed, and was not found sleeping`,
      ),
    });
    await expect(run.untilRunningActivity("charge")).rejects.toMatchObject({
      message: expect.stringContaining("running the activity charge"),
    });
    const stuck = await startScript(env, [receive("approve")]);
    await expect(stuck.untilReceiving("refuse")).rejects.toMatchObject({
      code: "FLAWLESS_TESTKIT_DEADLOCK",
    });
    await expect(env.flawless.workflow("wkf_1").info()).rejects.toThrow();
  });

  test("through the environment's handles", async () => {
    await using env = await TestEnvironment.create();
    const module = await env.deploy(fixtureBytes("conformance"));
    const { workflow } = await module.executeWithHandle("add", { a: 2, b: 3 });
    const [run] = env.runs;
    expect(run?.id).toBe(workflow.id);
    await expect(run?.untilSleeping()).rejects.toMatchObject({
      code: "FLAWLESS_TESTKIT_RUN_ENDED",
    });
    expectTypeOf(module).toEqualTypeOf<TestModule>();
    expectTypeOf(env.runs).toEqualTypeOf<readonly TestRun[]>();
  });
});
