import { describe, expect, test } from "vitest";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { FencedError } from "../store/workflow-store.ts";
import { MemoryWorkflowStore } from "../store/memory-workflow-store.ts";
import { ScriptedHttpClient } from "../testing/scripted-http-client.ts";
import { FailingStore } from "../testing/store-wrapper.ts";
import { TestClock } from "../testing/test-clock.ts";
import { sharedExecutors } from "../testing/test-engine.ts";
import { until } from "../testing/until.ts";
import { Engine } from "./engine.ts";
import { EngineShare } from "./engine-share.ts";
import type { EngineLimitOptions } from "./limits.ts";

const module = { module: "conformance", version: "1.0.0" } as const;

/** Two engines that share what engines of one process can share. */
async function openTwo(limits: EngineLimitOptions = {}): Promise<{
  readonly engines: readonly [Engine, Engine];
  readonly stores: readonly [FailingStore, FailingStore];
  readonly share: EngineShare;
  readonly fenced: string[];
}> {
  const executors = sharedExecutors();
  const modules = new MemoryWorkflowStore();
  const share = new EngineShare({ modules, executors, limits });
  const clock = new TestClock();
  const stores = [
    new FailingStore(new MemoryWorkflowStore()),
    new FailingStore(new MemoryWorkflowStore()),
  ] as const;
  const fenced: string[] = [];
  const open = (index: 0 | 1): Promise<Engine> =>
    Engine.open({
      store: stores[index],
      http: new ScriptedHttpClient(),
      ids: { count: 2, index },
      clock,
      executors,
      limits,
      share,
      onFenced: () => fenced.push(`engine ${index}`),
    });
  const engines = [await open(0), await open(1)] as const;
  await engines[0].deploy(fixtureBytes("conformance"));
  return { engines, stores, share, fenced };
}

async function kill(engines: readonly Engine[]): Promise<void> {
  await Promise.all(engines.map((engine) => engine.kill()));
}

describe("engines that share", () => {
  test("know each other's modules, and give different ids", async () => {
    const { engines } = await openTwo();
    const start = { ...module, workflow: "noop", input: "null" };
    const ids = new Set<string>();
    for (const engine of [...engines, ...engines]) {
      ids.add((await engine.start(start)).id);
    }

    expect(ids.size).toBe(4);
    await kill(engines);
  });

  test("have one limit of running workflows, of which a stopped one takes nothing", async () => {
    const { engines } = await openTwo({ runningWorkflows: 2 });
    const [first, second] = engines;
    const start = { ...module, workflow: "receive", input: "null" };
    await first.start(start, { detached: true });
    await first.start(start, { detached: true });
    await expect(second.start(start, { detached: true })).rejects.toMatchObject({
      code: "LIMIT_REACHED",
    });

    await first.kill();
    expect(await second.start({ ...start, workflow: "noop" })).toMatchObject({ response: "null" });
    await kill(engines);
  });

  test("have one set of places in memory, which a stopped one leaves", async () => {
    const { engines, share } = await openTwo({ residentGuests: 1 });
    const [first, second] = engines;
    const start = { ...module, workflow: "receive", input: "null" };
    await first.start(start, { detached: true });
    await first.whenIdle();
    await second.start(start, { detached: true });
    await second.whenIdle();
    expect(share.residency.inside).toBe(1);

    await kill(engines);
    expect([share.residency.inside, share.residency.queued]).toEqual([0, 0]);
  });
});

test("an engine whose store has another owner stops, rejects its callers, and leaves others alone", async () => {
  const { engines, stores, fenced } = await openTwo();
  const [first, second] = engines;
  const start = { ...module, workflow: "receive", input: "null" };
  const waiting = first.start(start);
  waiting.catch(() => undefined);
  await first.whenIdle();
  stores[0].failure = new FencedError("partition 0 belongs to another node now");

  await expect(first.start(start, { detached: true })).rejects.toMatchObject({ code: "CLOSED" });
  await expect(waiting).rejects.toMatchObject({ code: "CLOSED" });
  await first.closed;
  await until(() => fenced.length > 0);
  expect(fenced).toEqual(["engine 0"]);
  await expect(first.start(start)).rejects.toMatchObject({ code: "CLOSED" });
  expect(await second.start({ ...start, workflow: "noop" })).toMatchObject({ response: "null" });
  await kill(engines);
});

test("a start reports its id before it is durable, so that it can be looked up afterwards", async () => {
  const { engines, stores } = await openTwo();
  const [engine] = engines;
  stores[0].failure = new FencedError("partition 0 belongs to another node now");
  const told: string[] = [];

  const started = engine.start(
    { ...module, workflow: "noop", input: "null" },
    { onStarted: (id) => told.push(id) },
  );
  await expect(started).rejects.toMatchObject({ code: "CLOSED" });
  expect(told).toEqual([expect.stringMatching(/^wkf_/)]);
  await kill(engines);
});

test("a module that could not be saved is not deployed, and may be deployed later", async () => {
  const store = new FailingStore(new MemoryWorkflowStore());
  const share = new EngineShare({ modules: store, executors: sharedExecutors() });
  const { modules } = share;
  store.failure = new Error("the database is away");
  await expect(modules.deploy(fixtureBytes("conformance"), 0)).rejects.toThrow("away");
  expect(modules.list()).toEqual([]);

  store.failure = undefined;
  await modules.deploy(fixtureBytes("conformance"), 0);
  expect(modules.list()).toHaveLength(1);
});

test("modules that another process deployed are known once they are read", async () => {
  const store = new MemoryWorkflowStore();
  const [here, there] = [1, 2].map(
    () => new EngineShare({ modules: store, executors: sharedExecutors() }).modules,
  );
  await there?.deploy(fixtureBytes("conformance"), 0);
  expect(here?.list()).toEqual([]);

  await here?.load();
  expect(here?.find("conformance", "1.0.0").workflows).toContain("noop");
});
