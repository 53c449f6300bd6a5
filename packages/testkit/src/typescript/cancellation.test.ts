import type { WorkflowInfo } from "@flawless-ts/sdk";
import { buildModule } from "@flawless-ts/module-builder";
import { beforeAll, describe, expect, test } from "vitest";
import {
  crashEverywhere,
  hang,
  TestEnvironment,
  type TestEnvironmentOptions,
  type TestHandler,
} from "../index.ts";
import contract from "./cancellation-module.ts";

let wasm: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  ({ wasm } = await buildModule({ entry: new URL("cancellation-module.ts", import.meta.url) }));
});

const world: TestHandler = ({ url }) => {
  if (url.endsWith("/hang")) return hang;
  return url.endsWith("/slow") ? { after: "10 s" } : {};
};

async function open(options: TestEnvironmentOptions = {}) {
  const env = await TestEnvironment.create({
    http: world,
    activities: { slow: () => new Promise(() => undefined) },
    ...options,
  });
  return { env, module: await env.deploy(wasm, { contract }) };
}

const paths = (env: TestEnvironment): string[] =>
  env.requests.map(({ url }) => new URL(url).pathname);

describe.each([
  ["kept in memory", false],
  ["rebuilt at each wake-up", true],
] as const)("a workflow that is asked to cancel, %s", (_, alwaysReplay) => {
  test("undoes its work, and has the status cancelled", async () => {
    const { env, module } = await open({ alwaysReplay });
    await using _env = env;
    const run = await module.start("order");
    await run.untilReceiving("approve");
    expect(await run.cancel()).toMatchObject({ status: "running" });
    expect(await run.completion()).toEqual({ status: "cancelled" });
    expect(paths(env)).toEqual(["/charge", "/refund"]);
  });

  test.each([
    "sleep",
    "receive",
    "receive in time",
    "fetch",
    "activity",
    "side by side",
    "race",
    "timer",
  ])("hears of it in: %s", async (how) => {
    const { env, module } = await open({ alwaysReplay });
    await using _env = env;
    const run = await module.start("waiting", how);
    await env.settle();
    const began = env.now;
    await run.cancel();
    expect(await run.response()).toEqual(["CancelledError", "CancelledError", true]);
    expect(env.now).toBe(began);
  });

  test("doesn't see it in an uncancellable scope", async () => {
    const { env, module } = await open({ alwaysReplay });
    await using _env = env;
    const began = env.now;
    const run = await module.start("shielded");
    await env.settle();
    await run.cancel();
    expect(await run.response()).toEqual([["no more", 200, 200], "CancelledError"]);
    expect(env.now - began).toBe(40_000);
  });
});

test("a workflow that doesn't end in time is ended, and a terminated one immediately", async () => {
  const { env, module } = await open();
  await using _env = env;
  const [slow, ended] = [await module.start("stubborn"), await module.start("order")];
  await env.settle();
  await slow.cancel();
  await ended.terminate();
  await env.skip(59_999);
  const status = async (run: { info(): Promise<WorkflowInfo> }): Promise<string> =>
    (await run.info()).status;
  expect([await status(slow), await status(ended)]).toEqual(["running", "cancelled"]);
  await env.skip(1);
  expect(await status(slow)).toBe("cancelled");
  expect(paths(env)).toEqual(["/charge"]);
});

test("a workflow that fails with another error has failed, and reports the cause", async () => {
  const { env, module } = await open();
  await using _env = env;
  const run = await module.start("failing");
  await env.settle();
  await run.cancel();
  expect(await run.completion()).toMatchObject({
    status: "failed",
    error: { thrown: { message: "could not clean up", cause: { name: "CancelledError" } } },
  });
});

test("a crash anywhere changes nothing", async () => {
  const report = await crashEverywhere(
    async (env) => {
      const module = await env.deploy(wasm, { contract });
      const run = await module.start("order");
      await run.untilReceiving("approve");
      await run.cancel();
      return await run.completion();
    },
    { environment: { http: world }, interruptRequests: false },
  );
  expect(report.boundaries).toBeGreaterThan(5);
});
