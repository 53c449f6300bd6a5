import { test } from "@flawless-ts/testkit/vitest";
import { expect } from "vitest";
import { entries } from "./entries.ts";
import orders from "./orders.ts";
import wasm from "./orders.ts?flawless";

test("a workflow uses the test's clock", async ({ env }) => {
  const module = await env.deploy(wasm, { contract: orders });
  const run = await module.start("checkout", { id: 7 });
  await env.skip("3 days");
  await expect(run).toRespondWith({ reminded: 7 });
  // @ts-expect-error -- "dayz" is no unit
  await expect(env.skip("3 dayz")).rejects.toThrow(/3 dayz/);
});

test("every entry can be imported", () => {
  expect(entries.length).toBeGreaterThan(10);
});
