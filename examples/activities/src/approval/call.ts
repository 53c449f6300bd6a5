import type { Flawless } from "@flawless-ts/sdk";
import orders from "./orders.ts";

export async function approveAnOrder(flawless: Flawless): Promise<string> {
  const module = flawless.module(orders);
  const order = { id: "A7", amount: 20 };
  const run = await module.start("checkout", order, { idempotencyKey: "order-A7" });
  await run.send("approve", { by: "Ada" });
  return await run.response();
}
