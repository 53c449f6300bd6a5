import { describe, expect, test } from "vitest";
import { fixtureBytes, fixturePath } from "@flawless-ts/test-helpers/fixtures";
import { defineContract, type } from "@flawless-ts/wasm-module";
import { TestEnvironment } from "./test-environment.ts";
import type { TestEnvironmentOptions } from "./test-environment-options.ts";

const conformance = fixtureBytes("conformance");
const contract = defineContract({
  name: "conformance",
  version: "1.0.0",
  workflows: {
    add: { input: type<{ a: number; b: number }>(), response: type<number>() },
    receive: { response: type<{ by: string }>(), messages: { approve: type<{ by: string }>() } },
  },
});

describe("each misuse has its own error, which says what to do", () => {
  test("a closed environment", async () => {
    const env = await TestEnvironment.create();
    const module = await env.deploy(conformance);
    await env.close();
    await env.close();
    const closed = expect.objectContaining({ code: "FLAWLESS_TESTKIT_CLOSED" });
    await expect(env.deploy(conformance)).rejects.toEqual(closed);
    await expect(env.skip(1)).rejects.toEqual(closed);
    await expect(module.start("plain", null)).rejects.toEqual(closed);
    expect(() => env.requests).toThrow("closed");
  });

  test("a workflow that isn't in the module", async () => {
    await using env = await TestEnvironment.create();
    const module = await env.deploy(conformance);
    await expect(module.start("checkout", null)).rejects.toMatchObject({
      code: "FLAWLESS_NOT_FOUND",
      serverCode: "WORKFLOW_NOT_FOUND",
      message: expect.stringContaining("add"),
    });
  });

  test("an invalid module", async () => {
    await using env = await TestEnvironment.create();
    await expect(env.deploy(new Uint8Array([1, 2, 3]))).rejects.toMatchObject({
      code: "FLAWLESS_MODULE_REFUSED",
    });
  });

  test("a contract of another module", async () => {
    await using env = await TestEnvironment.create();
    await expect(env.deploy(fixtureBytes("crawler"), { contract })).rejects.toMatchObject({
      code: "FLAWLESS_CONTRACT_BROKEN",
      direction: "module",
      message: expect.stringContaining("crawler"),
    });
  });

  test.for([
    [{ startTime: "yesterday" }, "startTime"],
    [{ seed: 1.5 }, "seed"],
    [{ alwaysReplay: true, limits: { idleGuestMs: 5 } }, "alwaysReplay"],
    [{ http: { "get it": { body: "" } } }, "route"],
    [{ startTime: -1 }, "from 1970-01-01T00:00:00Z on, but got -1"],
    [{ startTime: "1969-12-31T23:59:59Z" }, "from 1970"],
    [{ startTime: 1e300 }, "1e+300"],
    [{ startTime: new Date(Number.NaN) }, "an invalid Date"],
    [{ autoskip: false }, "Did you mean `autoSkip`?"],
    [{ faults: { request: [] } }, "Did you mean `faults.requests`?"],
    [{ autoSkip: "no" }, "autoSkip"],
  ] as const)("contradicting or invalid options: %j", async ([options, word]) => {
    await expect(TestEnvironment.create(options as TestEnvironmentOptions)).rejects.toMatchObject({
      code: "FLAWLESS_INVALID_OPTION",
      message: expect.stringContaining(word),
    });
  });

  test.for(["soon", "", "3 dayz", "300", -1, Number.NaN])(
    "an invalid duration: %j",
    async (duration) => {
      await using env = await TestEnvironment.create();
      await expect(env.skip(duration as number)).rejects.toMatchObject({
        code: "FLAWLESS_INVALID_OPTION",
      });
    },
  );

  test.for([
    [new Date("2026-02-01"), "date.getTime() - env.now"],
    [null, "null"],
    [{ days: 3 }, "[object Object]"],
    [3n, "3"],
  ] as const)("skipping an invalid duration: %s", async ([duration, word]) => {
    await using env = await TestEnvironment.create();
    await expect(env.skip(duration as unknown as number)).rejects.toMatchObject({
      code: "FLAWLESS_INVALID_OPTION",
      message: expect.stringContaining(word),
    });
  });

  test("waiting for a sleep while time stands still", async () => {
    await using env = await TestEnvironment.create({ autoSkip: false });
    const module = await env.deploy(conformance);
    const run = await module.start("sleep_ms", { ms: 1000 });
    await expect(run.response()).rejects.toMatchObject({
      code: "FLAWLESS_TESTKIT_DEADLOCK",
      message: expect.stringMatching(/sleeps until 2026-01-01T00:00:01.*skip\(\)/s),
    });
  });

  test("a message to a workflow that has ended", async () => {
    await using env = await TestEnvironment.create();
    const module = await env.deploy(conformance);
    const run = await module.start("plain", null);
    await run.completion();
    await expect(run.send("approve", {})).rejects.toMatchObject({
      code: "FLAWLESS_CONFLICT",
      serverCode: "WORKFLOW_ENDED",
    });
  });

  test("an unanswered request that no call has reported fails the disposal", async () => {
    const env = await TestEnvironment.create();
    const module = await env.deploy(conformance);
    await module.start("http", { method: "GET", url: "http://shop.example/", headers: [] });
    await env.settle();
    await expect(env.close()).rejects.toMatchObject({
      code: "FLAWLESS_TESTKIT_UNEXPECTED_REQUEST",
    });
  });
});

describe("a contract", () => {
  test("types and checks input, response and messages", async () => {
    await using env = await TestEnvironment.create();
    const module = await env.deploy(fixturePath("conformance"), { contract });
    const sum: number = await (await module.start("add", { a: 1, b: 2 })).response();
    expect(sum).toBe(3);
    const run = await module.start("receive");
    await run.send("approve", { by: "Ann" });
    const { by }: { by: string } = await run.response();
    expect(by).toBe("Ann");
    // @ts-expect-error the contract has no such message
    await expect(run.send("reject", {})).rejects.toMatchObject({
      code: "FLAWLESS_CONTRACT_BROKEN",
    });
  });
});
