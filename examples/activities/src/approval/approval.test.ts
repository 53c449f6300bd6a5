import { buildModule } from "@flawless-ts/module-builder";
import { test } from "@flawless-ts/testkit/vitest";
import { expect } from "vitest";
import { activities } from "./activities.ts";
import { approveAnOrder } from "./call.ts";
import orders from "./orders.ts";

const { wasm } = await buildModule({ entry: new URL("orders.ts", import.meta.url) });
const order = { id: "A7", amount: 20 };

test("an order that is approved in time isn't refunded", async ({ env }) => {
  env.mockActivities(activities);
  await env.deploy(wasm, { contract: orders });

  expect(await approveAnOrder(env.flawless)).toBe("approved by Ada");
  expect(env).not.toHaveRunActivity("refund");
});

test("an order that nobody approves is refunded after three days", async ({ env }) => {
  env.mockActivities(activities);
  const module = await env.deploy(wasm, { contract: orders });
  const run = await module.start("checkout", order);
  await env.skip("3 days");

  await expect(run).toRespondWith("refunded");
  expect(env).toHaveRunActivity("refund", { input: "receipt of A7", times: 1 });
});
