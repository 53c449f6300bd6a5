import type { Flawless } from "@flawless-ts/sdk";
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

test("an application's function runs on the environment", async ({ env }) => {
  // In the application: `await using flawless = new Flawless({ url })`.
  const addAll = async (flawless: Flawless, numbers: readonly number[]): Promise<number> => {
    const adder = flawless.module(contract);
    let sum = 0;
    for (const number of numbers) {
      sum = await adder.execute("add", { a: sum, b: number });
    }
    return sum;
  };
  await env.deploy(modulePath);
  expect(await addAll(env.flawless, [1, 2, 3])).toBe(6);
});
