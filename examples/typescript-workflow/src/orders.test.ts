import { describe, expect, test } from "vitest";
import { crashEverywhere, TestEnvironment, type TestRoutes } from "@flawless-ts/testkit";
import { buildModule } from "@flawless-ts/module-builder";
import orders from "./orders.ts";

const { wasm } = await buildModule({ entry: new URL("orders.ts", import.meta.url) });
const order = { id: "A7", amount: 49.9, shop: "https://shop.example" };
const routes: TestRoutes = {
  "POST https://shop.example/payments": { status: 201 },
  "POST https://shop.example/parcels": { status: 201 },
  "POST https://shop.example/refunds": { status: 201 },
  "POST https://shop.example/reminders": { status: 202 },
};

function environment(changed: TestRoutes = {}): Promise<TestEnvironment> {
  return TestEnvironment.create({ http: { ...routes, ...changed } });
}

function visited(env: TestEnvironment): string[] {
  return env.requests.map(({ url }) => new URL(url).pathname.slice(1));
}

describe("an order", () => {
  test("is shipped once it is approved", async () => {
    await using env = await environment();
    const module = await env.deploy(wasm, { contract: orders });
    const run = await module.start("checkout", order);
    await env.skip("2 days");
    await run.send("approve", { by: "Ada" });
    expect(await run.response()).toEqual({ status: "shipped", reminded: false });
    expect(visited(env)).toEqual(["payments", "parcels"]);
  });

  test("is reminded of after three days", async () => {
    await using env = await environment();
    const module = await env.deploy(wasm, { contract: orders });
    const run = await module.start("checkout", order);
    await env.skip("5 days");
    expect(visited(env)).toEqual(["payments", "reminders"]);
    await run.send("approve", { by: "Ada" });
    expect(await run.response()).toEqual({ status: "shipped", reminded: true });
  });

  test("is refunded after a week without an answer", async () => {
    await using env = await environment();
    const start = env.now;
    const module = await env.deploy(wasm, { contract: orders });
    const run = await module.start("checkout", order);
    expect(await run.response()).toEqual({ status: "refunded", reminded: true });
    expect(env.now - start).toBe(7 * 86_400_000);
  });

  test("is refunded when it can't be shipped, however often that takes", async () => {
    let refunds = 0;
    await using env = await environment({
      "POST https://shop.example/parcels": { fail: "ConnectionFailed" },
      "POST https://shop.example/refunds": () => ({ status: (refunds += 1) < 3 ? 503 : 201 }),
    });
    const module = await env.deploy(wasm, { contract: orders });
    const run = await module.start("checkout", order);
    await run.send("approve", { by: "Ada" });
    expect(await run.response()).toEqual({ status: "refunded", reminded: false });
    expect(refunds).toBe(3);
  });

  test("ends when the payment is declined", async () => {
    await using env = await environment({ "POST https://shop.example/payments": { status: 402 } });
    const module = await env.deploy(wasm, { contract: orders });
    const run = await module.start("checkout", order);
    expect(await run.response()).toEqual({ status: "declined", reminded: false });
    expect(env.logs.map(({ message }) => message)).toEqual([
      "the payment of A7 was declined with 402",
    ]);
  });

  test("with a bad amount is refused before it starts", async () => {
    await using env = await environment();
    const module = await env.deploy(wasm, { contract: orders });
    await expect(module.start("checkout", { ...order, amount: -1 })).rejects.toThrow(/\$\.amount/);
  });
});

test("a crash at any point changes nothing", async () => {
  const report = await crashEverywhere(
    async (env) => {
      const module = await env.deploy(wasm, { contract: orders });
      const run = await module.start("checkout", order);
      await env.skip("4 days");
      await run.send("reject", { reason: "sold out" });
      const response = await run.response();
      await run.completion();
      return response;
    },
    { environment: { http: routes } },
  );
  expect(report.tried).toBeGreaterThan(10);
  expect(report.interruptions).toBe(0);
});
