import { expect } from "vitest";
import { test } from "@flawless-ts/testkit/vitest";
import { contract, modulePath } from "./modules.ts";

test("adds two numbers", async ({ env }) => {
  const module = await env.deploy(modulePath, { contract });
  const run = await module.start("add", { a: 2, b: 3 });
  await expect(run).toRespondWith(5);
  await expect(run).toComplete();
});

test("fails for an order that can't be shipped", async ({ env }) => {
  const module = await env.deploy(modulePath, { contract });
  const run = await module.start("panic_with_format", { order: 7 });
  await expect(run).toFailWith("order 7 can't be shipped");
});
