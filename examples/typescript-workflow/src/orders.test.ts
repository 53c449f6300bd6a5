import { crashEverywhere, hang, type TestEnvironment } from "@flawless-ts/testkit";
import { test as baseTest } from "@flawless-ts/testkit/vitest";
import { buildModule } from "@flawless-ts/module-builder";
import { describe, expect, vi } from "vitest";
import type { activities } from "./activities.ts";
import orders from "./orders.ts";

const { wasm } = await buildModule({ entry: new URL("orders.ts", import.meta.url) });
const order = { id: "A7", amount: 49.9, shop: "https://shop.example" };
const day = 86_400_000;

/** The activities for tests, without a shop. */
function mocks() {
  return {
    charge: vi.fn<typeof activities.charge>(async () => ({ receipt: "r" })),
    reserve: vi.fn<typeof activities.reserve>(async () => undefined),
    ship: vi.fn<typeof activities.ship>(async () => ({ tracking: "T1" })),
    remind: vi.fn<typeof activities.remind>(async () => undefined),
    refund: vi.fn<typeof activities.refund>(async () => undefined),
    release: vi.fn<typeof activities.release>(async () => undefined),
  };
}

const test = baseTest.extend({ environmentOptions: { activities: mocks() } });

/** Starts an order that nobody has decided on yet. */
async function begin(env: TestEnvironment) {
  const module = await env.deploy(wasm, { contract: orders });
  return module.start("checkout", order);
}

const ran = (env: TestEnvironment): string[] => env.activities.map(({ name }) => name);

describe("an order", () => {
  test("is paid and reserved at the same time, and shipped once it is approved", async ({
    env,
  }) => {
    const run = await begin(env);
    await run.untilReceiving("approve");
    expect(await run.state()).toEqual({ step: "waiting for approval" });
    await env.skip("2 days");
    await run.send("approve", { by: "Ada" });
    await expect(run).toRespondWith({ status: "shipped", reminded: false, detail: "T1" });
    expect(await run.state()).toEqual({ step: "done" });
    expect(ran(env)).toEqual(["charge", "reserve", "ship"]);
    expect(env).toHaveRunActivity("ship", { input: { order, approvedBy: "Ada" }, times: 1 });
  });

  test("triggers a reminder after three days", async ({ env }) => {
    const run = await begin(env);
    await env.skip("5 days");
    expect(ran(env)).toEqual(["charge", "reserve", "remind"]);
    await run.send("approve", { by: "Ada" });
    await expect(run).toRespondWith({ status: "shipped", reminded: true, detail: "T1" });
  });

  test("is undone after a week without an answer, and if it is rejected", async ({ env }) => {
    const start = env.now;
    const run = await begin(env);
    await expect(run).toRespondWith({ status: "refunded", reminded: true, detail: "no answer" });
    expect(env.now - start).toBe(7 * day);
    expect(ran(env).slice(-2)).toEqual(["release", "refund"]);

    const other = await begin(env);
    await other.send("reject", { reason: "sold out" });
    await expect(other).toRespondWith({ status: "refunded", reminded: false, detail: "sold out" });
  });

  test("is undone if it can't be shipped, after all attempts", async ({ env }) => {
    const start = env.now;
    env.addFault({ activity: "ship", attempts: Infinity, fail: "no van" });
    env.addFault({ activity: "refund", attempts: 2, fail: "no connection" });
    const run = await begin(env);
    await run.send("approve", { by: "Ada" });
    await expect(run).toRespondWith({
      status: "refunded",
      reminded: false,
      detail: 'The activity "ship" failed (FAILED): no van',
    });
    expect(env.now - start).toBe((1 + 2 + 4 + 8 + 1 + 2) * 1000);
    expect(env).toHaveRunActivity("refund", { times: 1, attempts: 3 });
  });

  test("is not approved if the payment failed, and what was reserved is released", async ({
    env,
  }) => {
    const charge = vi.fn<typeof activities.charge>(() => hang as never);
    env.mockActivities<typeof activities>({ charge });
    const run = await begin(env);
    await expect(run).toRespondWith({
      status: "refunded",
      reminded: false,
      detail: expect.stringContaining("START_TO_CLOSE_TIMEOUT"),
    });
    expect(ran(env).slice(-2)).toEqual(["release", "refund"]);
  });

  test("is undone if it is cancelled", async ({ env }) => {
    const run = await begin(env);
    await run.untilReceiving("approve");
    await run.cancel();
    expect(await run.completion()).toEqual({ status: "cancelled" });
    expect(ran(env)).toEqual(["charge", "reserve", "release", "refund"]);
    expect(await run.state()).toEqual({ step: "done" });
  });

  test("with an invalid amount is refused before it starts", async ({ env }) => {
    const module = await env.deploy(wasm, { contract: orders });
    await expect(module.start("checkout", { ...order, amount: -1 })).rejects.toThrow(/\$\.amount/);
  });
});

test("a crash at any point changes nothing", async () => {
  const report = await crashEverywhere(
    async (env) => {
      const run = await begin(env);
      await env.skip("4 days");
      await run.send("reject", { reason: "sold out" });
      const response = await run.response();
      await run.completion();
      return response;
    },
    { environment: { activities: mocks() } },
  );
  expect(report.tried).toBeGreaterThan(10);
});
