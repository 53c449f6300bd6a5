import { buildModule } from "@flawless-ts/module-builder";
import { test } from "@flawless-ts/testkit/vitest";
import { expect } from "vitest";
import { activities } from "./activities.ts";
import orders from "./orders.ts";

const { wasm } = await buildModule({ entry: new URL("orders.ts", import.meta.url) });
const order = { id: "A7", amount: 20 };

test("an order is charged once, and delivered", async ({ env }) => {
  env.mockActivities(activities);
  const module = await env.deploy(wasm, { contract: orders });
  const run = await module.start("checkout", order);
  await run.send("delivered", null);
  await expect(run).toRespondWith({ receipt: "receipt of A7", delivered: true });
  expect(env).toHaveRunActivity("charge", { input: order, times: 1 });
});

test("nobody waits for the delivery longer than three days", async ({ env }) => {
  env.mockActivities(activities);
  const module = await env.deploy(wasm, { contract: orders });
  const run = await module.start("checkout", order);
  // Takes milliseconds: it is the environment's clock.
  await env.skip("3 days");
  await expect(run).toRespondWith({ receipt: "receipt of A7", delivered: false });
});
