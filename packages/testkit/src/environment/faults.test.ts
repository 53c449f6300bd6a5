import { describe, expect, test } from "vitest";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { TestEnvironment } from "./test-environment.ts";
import type { TestEnvironmentOptions } from "./test-environment-options.ts";

const conformance = fixtureBytes("conformance");
const get = { method: "GET", url: "http://shop.example/", headers: [] };

async function respondsWith(
  options: TestEnvironmentOptions,
  input: object,
): Promise<{ response: unknown; env: TestEnvironment }> {
  const env = await TestEnvironment.create({ http: { "*": { body: "fine" } }, ...options });
  const module = await env.deploy(conformance);
  const run = await module.start("http", input);
  return { response: await run.response(), env };
}

describe("faults of requests", () => {
  test("fail: the workflow gets the transport error, and the request does not arrive", async () => {
    const faults = { requests: [{ request: 1, fail: "Dns" }] } as const;
    const { response, env } = await respondsWith({ faults }, get);
    await using _disposed = env;
    expect(response).toMatchObject({ transport_error: { kind: "Dns" } });
    expect(env.requests).toEqual([]);
  });

  test("fail: an idempotent request is sent again", async () => {
    const faults = { requests: [{ request: 1, fail: "ConnectionFailed" }] } as const;
    const { response, env } = await respondsWith({ faults }, { ...get, idempotent: true });
    await using _disposed = env;
    expect(response).toMatchObject({ ok: { body: "fine" } });
    expect(env.requests).toHaveLength(1);
  });

  test("delay: the response takes time on the environment's clock", async () => {
    const faults = { requests: [{ request: 1, delay: "1 minute" }] } as const;
    const startTime = 1_000_000;
    const { response, env } = await respondsWith({ faults, startTime }, get);
    await using _disposed = env;
    expect(response).toMatchObject({ ok: { body: "fine" } });
    expect(env.now).toBe(startTime + 60_000);
  });

  test.for([
    ["request", 0],
    ["answer", 1],
  ] as const)("drop the %s: the workflow times out", async ([drop, arrived]) => {
    const faults = { requests: [{ request: 1, drop }] };
    const { response, env } = await respondsWith({ faults }, { ...get, timeout_ms: 3000 });
    await using _disposed = env;
    expect(response).toMatchObject({ transport_error: { kind: "Io" } });
    expect(env.requests).toHaveLength(arrived);
  });

  test.for([
    ["before", 0],
    ["after", 1],
  ] as const)(
    "crash %s: the workflow is notified of the interruption",
    async ([crash, arrived]) => {
      const faults = { requests: [{ request: 1, crash }] };
      const { response, env } = await respondsWith({ faults }, get);
      await using _disposed = env;
      expect(response).toMatchObject({ transport_error: { kind: "RequestInterrupted" } });
      expect(env.requests).toHaveLength(arrived);
      expect(env.crashes).toBe(1);
    },
  );

  test("a fault can be added later", async () => {
    await using env = await TestEnvironment.create({ http: { "*": { body: "fine" } } });
    const module = await env.deploy(conformance);
    await (await module.start("http", get)).response();
    env.addFault({ request: 2, fail: "Io" });
    const second = await module.start("http", get);
    expect(await second.response()).toMatchObject({ transport_error: { kind: "Io" } });
  });
});

describe("faults of the journal", () => {
  test("a commit that fails is retried, and nothing is lost", async () => {
    await using env = await TestEnvironment.create({ faults: { store: { failCommits: [2] } } });
    const module = await env.deploy(conformance);
    const run = await module.start("add", { a: 1, b: 1 });
    expect(await run.response()).toBe(2);
    expect(env.commits).toBeGreaterThan(2);
  });

  test("a slow journal changes nothing but the speed", async () => {
    await using env = await TestEnvironment.create({ faults: { store: { slowTurns: 20 } } });
    const module = await env.deploy(conformance);
    const run = await module.start("sleep_steps", { count: 3, ms: 1000 });
    expect(await run.response()).toBe(3);
  });
});

describe("crash", () => {
  test("what isn't durable is lost, and what is continues", async () => {
    await using env = await TestEnvironment.create({ http: { "*": { body: "fine" } } });
    const module = await env.deploy(conformance);
    const run = await module.start("receive_many", { count: 2 });
    await run.send("a", { n: 1 });
    await env.crash();
    await run.send("b", { n: 2 });
    expect(await run.response()).toEqual([
      { type: "a", n: 1 },
      { type: "b", n: 2 },
    ]);
    expect((await run.history()).steps.at(-1)?.call).toContain("SendResponse");
  });

  test("waiting calls continue with the engine after the crash", async () => {
    await using env = await TestEnvironment.create({ autoSkip: false });
    const module = await env.deploy(conformance);
    const run = await module.start("sleep_ms", { ms: 5000 });
    const response = run.response().catch((error: unknown) => error);
    const completion = run.completion().catch((error: unknown) => error);
    await env.crash();
    await env.skip("5 s");
    expect(await response).toBe("slept");
    expect(await completion).toEqual({ status: "completed" });
  });

  test("happens at the commit in the options, and reports what it interrupted", async () => {
    await using env = await TestEnvironment.create({
      faults: { crash: { commit: 3, when: "before" } },
    });
    const module = await env.deploy(conformance);
    const run = await module.start("sleep_steps", { count: 3, ms: 1000 });
    expect(await run.response()).toBe(3);
    expect(env.crashes).toBe(1);
    expect(env.crashSite).toContain("Sleep");
  });
});

describe("alwaysReplay", () => {
  test("rebuilds the workflow at each wake-up", async () => {
    await using env = await TestEnvironment.create({ alwaysReplay: true });
    const module = await env.deploy(conformance);
    const run = await module.start("replay_debug", null);
    await run.completion();
    const sleeper = await module.start("sleep_steps", { count: 4, ms: 1000 });
    expect(await sleeper.response()).toBe(4);
  });
});
