import { describe, expect, test } from "vitest";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { hang } from "./http-reply.ts";
import { TestEnvironment } from "./test-environment.ts";

const conformance = fixtureBytes("conformance");

describe("TestEnvironment", () => {
  test("runs a workflow to its response and its end", async () => {
    await using env = await TestEnvironment.create();
    const module = await env.deploy(conformance);
    const run = await module.start("add", { a: 2, b: 3 });
    expect(await run.response()).toBe(5);
    expect(await run.completion()).toEqual({ status: "completed" });
  });

  test("skips a sleep of a year automatically", async () => {
    await using env = await TestEnvironment.create({ startTime: "2030-01-01T00:00:00Z" });
    const module = await env.deploy(conformance);
    const year = 365 * 24 * 3_600_000;
    const run = await module.start("sleep_ms", { ms: year });
    expect(await run.response()).toBe("slept");
    expect(env.now).toBe(Date.UTC(2030, 0, 1) + year);
  });

  test("reports immediately what a workflow waits for if nobody sends it", async () => {
    await using env = await TestEnvironment.create();
    const module = await env.deploy(conformance);
    const run = await module.start("receive", null);
    await expect(run.response()).rejects.toMatchObject({
      code: "FLAWLESS_TESTKIT_DEADLOCK",
      message: expect.stringContaining('waits for a message of type "approve"'),
    });
  });

  test("delivers a message", async () => {
    await using env = await TestEnvironment.create();
    const module = await env.deploy(conformance);
    const run = await module.start("receive", null);
    await run.send("approve", { by: "Ann" });
    expect(await run.response()).toEqual({ by: "Ann" });
  });

  test("reads what a workflow published, and why it failed", async () => {
    await using env = await TestEnvironment.create();
    const module = await env.deploy(fixtureBytes("extensions"));
    const error = { name: "Declined", message: "no", cause: { name: "E", message: "why" } };
    const run = await module.start("script", [
      { ask: ["state", { value: { step: 1 } }] },
      { ask: ["fail", { error }] },
    ]);
    expect(await run.state()).toEqual({ step: 1 });
    await expect(run.response()).rejects.toMatchObject({
      code: "FLAWLESS_WORKFLOW_FAILED",
      cause: { name: "Declined", message: "no", cause: { name: "E", message: "why" } },
    });
  });

  test("has workflows answer updates, also after a sleep and a crash", async () => {
    await using env = await TestEnvironment.create();
    const module = await env.deploy(fixtureBytes("extensions"));
    const message = "$0.body.message.number";
    const run = await module.start("script", [
      { ask: ["wait", { types: ["add"] }] },
      { call: { Sleep: { secs: 86_400, nanos: 0 } } },
      { ask: ["reply", { message, value: { total: 3 } }] },
      { ask: ["wait", { types: ["add"] }] },
      { ask: ["reply", { message: 2, error: { name: "SoldOut", message: "none" } }] },
    ]);
    expect(await run.update("add", 1, { idempotencyKey: "k" })).toEqual({ total: 3 });
    await env.crash();
    expect(await run.update("add", 1, { idempotencyKey: "k" })).toEqual({ total: 3 });
    await expect(run.update("add", 2)).rejects.toMatchObject({
      code: "FLAWLESS_UPDATE_REJECTED",
      cause: { name: "SoldOut", message: "none" },
    });
    await expect(run.update("add", 3)).rejects.toMatchObject({ code: "FLAWLESS_CONFLICT" });
  });

  test("continues after a crash in the middle of a sleep", async () => {
    await using env = await TestEnvironment.create({ autoSkip: false });
    const module = await env.deploy(conformance);
    const run = await module.start("sleep_ms", { ms: 10_000 });
    await env.skip("4 s");
    await env.crash();
    expect((await run.info()).waiting).toMatchObject({ on: "sleep" });
    await env.skip("6 s");
    expect(await run.response()).toBe("slept");
    expect(env.crashes).toBe(1);
  });

  test("responds to requests by route and records them", async () => {
    await using env = await TestEnvironment.create({
      http: {
        "POST http://shop.example/:path": ({ text }) => ({ status: 201, body: `got ${text}` }),
      },
    });
    const module = await env.deploy(conformance);
    const run = await module.start("http", {
      method: "POST",
      url: "http://shop.example/orders",
      headers: [],
      body: "seven",
    });
    expect(await run.response()).toMatchObject({ ok: { status: 201, body: "got seven" } });
    expect(env.requests.map(({ method, text }) => [method, text])).toEqual([["POST", "seven"]]);
  });

  test("fails a test whose workflow sends a request that nobody answers", async () => {
    await using env = await TestEnvironment.create();
    const module = await env.deploy(conformance);
    const run = await module.start("http", {
      method: "GET",
      url: "http://shop.example/",
      headers: [],
    });
    await expect(run.response()).rejects.toMatchObject({
      code: "FLAWLESS_TESTKIT_UNEXPECTED_REQUEST",
      message: expect.stringContaining("GET http://shop.example/"),
    });
  });

  test("lets a request hang until the workflow's timeout", async () => {
    await using env = await TestEnvironment.create({ http: () => hang });
    const module = await env.deploy(conformance);
    const start = env.now;
    const run = await module.start("http", {
      method: "GET",
      url: "http://shop.example/",
      headers: [],
      timeout_ms: 5000,
    });
    expect(await run.response()).toMatchObject({
      transport_error: { kind: "Io", message: expect.stringContaining("timed out") },
    });
    expect(env.now - start).toBe(5000);
  });
});
