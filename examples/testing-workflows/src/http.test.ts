import { describe, expect } from "vitest";
import { hang } from "@flawless-ts/testkit";
import { test } from "@flawless-ts/testkit/vitest";
import { contract, modulePath } from "./modules.ts";

const charge = { method: "POST", url: "https://pay.example/charges", body: '{"amount":700}' };

describe("with a payment service", () => {
  test.override({
    environmentOptions: {
      http: {
        "POST https://pay.example/charges": ({ text }) => ({ status: 201, body: `paid ${text}` }),
        "GET https://shop.example/orders/:id": { json: { item: "tea" } },
      },
    },
  });

  test("charges the card once", async ({ env }) => {
    const module = await env.deploy(modulePath, { contract });
    const run = await module.start("http", charge);
    await expect(run).toRespondWith({
      ok: expect.objectContaining({ status: 201, body: 'paid {"amount":700}' }),
    });
    expect(env).toHaveRequested({
      method: "POST",
      url: "https://pay.example/charges",
      body: { amount: 700 },
      times: 1,
    });
    expect(env).not.toHaveRequested({ url: "https://shop.example/orders/:id" });
  });

  test("is told when the connection breaks", async ({ env }) => {
    env.addFault({ request: 1, fail: "ConnectionFailed" });
    const module = await env.deploy(modulePath, { contract });
    const run = await module.start("http", charge);
    await expect(run).toRespondWith({
      transport_error: expect.objectContaining({ kind: "ConnectionFailed" }),
    });
  });
});

describe("with a service that never answers", () => {
  test.override({ environmentOptions: { http: () => hang } });

  test("gives up after 30 seconds", async ({ env }) => {
    const module = await env.deploy(modulePath, { contract });
    const start = env.now;
    const run = await module.start("http", { ...charge, timeout_ms: 30_000 });
    await expect(run).toRespondWith({
      transport_error: expect.objectContaining({ kind: "Io" }),
    });
    expect(env.now - start).toBe(30_000);
  });
});
