import { expect, test } from "vitest";
import { MockAgent } from "undici";
import { Flawless, NotFoundError } from "@flawless-ts/sdk";
import { startServer } from "@flawless-ts/server";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { TestEnvironment } from "./test-environment.ts";

const conformance = fixtureBytes("conformance");

test("a hundred environments, each with its own clock", async () => {
  const times = await Promise.all(
    Array.from({ length: 100 }, async (_, index) => {
      await using env = await TestEnvironment.create({ startTime: 0 });
      const module = await env.deploy(conformance);
      const run = await module.start("sleep_ms", { ms: (index + 1) * 1000 });
      await run.response();
      return env.now;
    }),
  );
  expect(times).toEqual(Array.from({ length: 100 }, (_, index) => (index + 1) * 1000));
});

test("the same seed gives the same random numbers, another seed different ones", async () => {
  const randoms = async (seed: number): Promise<unknown> => {
    await using env = await TestEnvironment.create({ seed });
    const module = await env.deploy(conformance);
    return await (await module.start("randoms", null)).response();
  };
  const [first, again, other] = [await randoms(5), await randoms(5), await randoms(6)];
  expect(again).toEqual(first);
  expect(other).not.toEqual(first);
});

test("the same scenario makes the same commits, so that a crash at one of them can be repeated", async () => {
  const commits = async (): Promise<number> => {
    await using env = await TestEnvironment.create({ http: { "*": { body: "fine" } } });
    const module = await env.deploy(conformance);
    const run = await module.start("all_calls", { url: "http://world.example", secret: "none" });
    await run.send("go", { value: "now" });
    await run.completion();
    return env.commits;
  };
  const first = await commits();
  expect(await Promise.all(Array.from({ length: 10 }, commits))).toEqual(Array(10).fill(first));
});

test("timers fire in order while time is skipped", async () => {
  await using env = await TestEnvironment.create({
    http: { "POST http://log.example/": { body: "" } },
    autoSkip: false,
  });
  const module = await env.deploy(conformance);
  const start = env.now;
  for (const ms of [3000, 1000, 2000]) {
    await module.start("sleep_ms", { ms });
  }
  await env.skip("2500ms");
  const statuses = (await env.workflows()).map(({ status }) => status);
  expect(statuses).toEqual(["running", "completed", "completed"]);
  const ended = (await env.workflows()).map(
    ({ endedAt }) => endedAt && Date.parse(endedAt) - start,
  );
  expect(ended).toEqual([null, 1000, 2000]);
});

test("a stub stands for a child workflow", async () => {
  await using env = await TestEnvironment.create({ stubs: ["child"] });
  const module = await env.deploy(conformance);
  const run = await module.start("start_child", { url: "http://nowhere.example/", body: "x" });
  expect(await run.response()).toBe(true);
  const child = (await env.workflows()).find(({ workflow }) => workflow === "child");
  expect(child).toMatchObject({ status: "completed", parent: run.id });
  const { input, steps } = await env.flawless.workflow(child?.id ?? "").history();
  expect(JSON.parse(input)).toEqual({ url: "http://nowhere.example/", body: "x" });
  expect(steps).toEqual([]);
});

test("undici's MockAgent answers requests", async () => {
  const agent = new MockAgent();
  agent.disableNetConnect();
  agent.get("http://shop.example").intercept({ path: "/orders" }).reply(200, "seven");
  await using env = await TestEnvironment.create({ http: agent });
  const module = await env.deploy(conformance);
  const run = await module.start("http", {
    method: "GET",
    url: "http://shop.example/orders",
    headers: [],
  });
  expect(await run.response()).toMatchObject({ ok: { body: "seven" } });
});

test("an application's function that takes a client works with an environment and with a server", async () => {
  const approveAll = async (flawless: Flawless): Promise<readonly string[]> => {
    const module = await flawless.deploy(conformance);
    const workflow = await module.start("receive_after_response", null);
    expect(await workflow.response()).toBe("waiting");
    await workflow.send("finish", {});
    expect(await workflow.completion()).toEqual({ status: "completed" });
    expect((await workflow.info()).status).toBe("completed");
    expect(await module.execute("add", { a: 2, b: 3 })).toBe(5);
    const names: string[] = [];
    for await (const info of flawless.workflows()) {
      names.push(info.workflow);
    }
    expect(names.toSorted()).toEqual(["add", "receive_after_response"]);
    await expect(module.start("checkout", null)).rejects.toBeInstanceOf(NotFoundError);
    return (await workflow.history()).steps.map(({ call }) => call);
  };
  const directory = await mkdtemp(join(tmpdir(), "flawless-connect-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  await using server = await startServer({ directory, port: 0 });
  await using remote = new Flawless({ url: server.url });
  await using env = await TestEnvironment.create();
  const calls = await approveAll(remote);
  expect(calls).toContain('{"SendResponse":"\\"waiting\\""}');
  expect(await approveAll(env.flawless)).toEqual(calls);
});
