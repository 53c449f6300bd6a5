import { buildModule } from "@flawless-ts/module-builder";
import { crashEverywhere, hang, type TestEnvironment } from "@flawless-ts/testkit";
import { test as baseTest } from "@flawless-ts/testkit/vitest";
import { expect, vi } from "vitest";
import { activities } from "./activities.ts";
import orders from "./orders.ts";

const { wasm } = await buildModule({ entry: new URL("orders.ts", import.meta.url) });
const order = { id: "A7", amount: 20 };

const test = baseTest.extend({ environmentOptions: { activities } });

test("an order is paid and shipped", async ({ env }) => {
  const module = await env.deploy(wasm, { contract: orders });
  const run = await module.start("checkout", order);
  await expect(run).toRespondWith({
    status: "shipped",
    receipt: "receipt of 20",
    tracking: ["A7-1", "A7-2"],
  });
  expect(env).toHaveRunActivity("charge", { input: order, times: 1 });
  expect(env).toHaveRunActivity("ship", { times: 1, attempts: 1 });
});

test("an order is paid at the third attempt, with the same key each time", async ({ env }) => {
  const charge = vi.fn<typeof activities.charge>(async () => ({ receipt: "receipt 1" }));
  env.mockActivities<typeof activities>({ charge });
  env.addFault({ activity: "charge", attempts: 2, fail: "no connection" });
  const start = env.now;
  const module = await env.deploy(wasm, { contract: orders });
  const run = await module.start("checkout", order);
  await expect(run).toRespondWith(expect.objectContaining({ status: "shipped" }));
  expect(env.now - start).toBe(3_000);
  expect(charge).toHaveBeenCalledWith(order, expect.objectContaining({ attempt: 3 }));
  expect(env).toHaveRunActivity("charge", { times: 1, attempts: 3 });
});

test("an order isn't shipped if its payment takes too long", async ({ env }) => {
  env.mockActivities<typeof activities>({ charge: () => hang });
  const module = await env.deploy(wasm, { contract: orders });
  const run = await module.start("checkout", order);
  await run.untilRunningActivity("charge");
  await expect(run).toRespondWith(expect.objectContaining({ activity: "charge" }));
  expect(env).not.toHaveRunActivity("ship");
});

test("an order is not retried if the card is declined", async ({ env }) => {
  const module = await env.deploy(wasm, { contract: orders });
  const run = await module.start("checkout", { ...order, amount: 5_000 });
  await expect(run).toRespondWith({
    status: "failed",
    activity: "charge",
    why: expect.stringContaining("The card was declined."),
  });
  expect(env).toHaveRunActivity("charge", { attempts: 1 });
});

test("an order is shipped by another worker when one is lost", async ({ env }) => {
  env.addFault({ activity: "ship", lose: "after" });
  const module = await env.deploy(wasm, { contract: orders });
  const run = await module.start("checkout", order);
  await expect(run).toRespondWith(expect.objectContaining({ tracking: ["A7-1", "A7-2"] }));
  expect(env).toHaveRunActivity("ship", { times: 1, attempts: 2 });
});

test("an order has the same result wherever the server crashes", async () => {
  const scenario = async (env: TestEnvironment): Promise<unknown> => {
    const module = await env.deploy(wasm, { contract: orders });
    const run = await module.start("checkout", order);
    return await run.response();
  };
  const report = await crashEverywhere(scenario, { environment: { activities } });
  expect(report.tried).toBe(report.boundaries);
});
