import { describe, expect, test } from "vitest";
import { EngineError } from "../../errors.ts";
import { MemoryStorage } from "../../store/memory-storage.ts";
import { memorySetup, sqliteSetup } from "../../testing/store-setups.ts";
import { fixtureAs } from "../../testing/other-version.ts";
import { TestEngine } from "../../testing/test-engine.ts";
import type { RestartFilter } from "../types.ts";

const failedOnes = { status: "failed" } as const;

/** Workflows that panicked, the oldest first. */
async function fail(engine: TestEngine, count: number): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let made = 0; made < count; made += 1) {
    const { id } = await engine.startText("panic_with_format", String(made), { detached: true });
    await engine.end(id);
    ids.push(id);
  }
  return ids;
}

async function countOf(engine: TestEngine, status?: "failed"): Promise<number> {
  return (await engine.engine.list({ status, limit: 1_000 })).workflows.length;
}

describe.each([
  { kind: "memory", setUp: memorySetup },
  { kind: "SQLite", setUp: sqliteSetup },
])("workflows that match, in $kind,", ({ setUp }) => {
  test("are counted, and restarted page by page, each once for a key, also after a crash", async () => {
    const setup = setUp();
    try {
      const openStore = setup.open;
      await using before = await TestEngine.open({ openStore });
      const old = await fail(before, 5);
      const running = await before.launch("receive");
      const filter = { ...failedOnes, limit: 2, idempotencyKey: "fixed" };

      const counted = await before.engine.restartMatching({ ...failedOnes, dryRun: true });
      expect(counted).toEqual({ count: 5, failed: 0, failures: [], cursor: null });
      expect(await countOf(before)).toBe(6);

      const first = await before.engine.restartMatching(filter);
      expect(first).toEqual({ count: 2, failed: 0, failures: [], cursor: old[3] });
      await before.engine.whenIdle();
      await using after = await before.restart();
      const rest = await restartAll(after, { ...filter, limit: 2 });

      // The restarted ones failed in turn, but the same request doesn't restart them.
      expect(rest).toBe(5);
      expect(await countOf(after, "failed")).toBe(10);
      expect(await restartAll(after, filter)).toBe(5);
      expect(await countOf(after)).toBe(11);
      for (const id of old) {
        const { restarts } = await after.engine.workflow(id);
        expect(restarts).toHaveLength(1);
      }
      expect(await after.status(running)).toBe("running");
      // With another key they are restarted.
      expect(await restartAll(after, { ...filter, idempotencyKey: "again" })).toBe(10);
      expect(await countOf(after)).toBe(21);
    } finally {
      await setup.cleanUp();
    }
  });
});

/** Restarts all pages; at the end of each, the restarted workflows run. */
async function restartAll(engine: TestEngine, filter: RestartFilter): Promise<number> {
  let count = 0;
  let cursor: string | undefined;
  do {
    const page = await engine.engine.restartMatching({ ...filter, cursor });
    await engine.engine.whenIdle();
    count += page.count;
    cursor = page.cursor ?? undefined;
  } while (cursor !== undefined);
  return count;
}

test("requests with one key at the same time restart each workflow once", async () => {
  await using engine = await TestEngine.open();
  await fail(engine, 3);
  const ask = { ...failedOnes, idempotencyKey: "k" };
  const both = await Promise.all([
    engine.engine.restartMatching(ask),
    engine.engine.restartMatching(ask),
  ]);
  expect(both.map(({ count }) => count)).toEqual([3, 3]);
  expect(await countOf(engine)).toBe(6);
});

test("without a key each request restarts them", async () => {
  await using engine = await TestEngine.open();
  const [old = ""] = await fail(engine, 1);
  const ask = { ...failedOnes, idPrefix: old };
  await engine.engine.restartMatching(ask);
  expect(await engine.engine.restartMatching(ask)).toMatchObject({ count: 1 });
  expect((await engine.engine.workflow(old)).restarts).toHaveLength(2);
});

test("only those that match all conditions are restarted", async () => {
  await using engine = await TestEngine.open();
  const module = { module: "conformance", version: "1.0.0" };
  const labels = { customer: "c-7" };
  const start = { ...module, workflow: "panic_with_format", input: "1", labels };
  const { id } = await engine.engine.start(start, { detached: true });
  await engine.end(id);
  const [other = ""] = await fail(engine, 1);

  expect(await engine.engine.restartMatching({ ...failedOnes, labels })).toMatchObject({
    count: 1,
  });
  expect((await engine.engine.workflow(id)).restarts).toHaveLength(1);
  expect((await engine.engine.workflow(other)).restarts).toEqual([]);
  expect(await engine.engine.restartMatching({ ...failedOnes, module: "none" })).toMatchObject({
    count: 0,
  });
});

test("those that can't be restarted are counted and named, and the others are restarted", async () => {
  const storage = new MemoryStorage();
  await using before = await TestEngine.open({ module: "extensions", storage });
  const gone: string[] = [];
  for (let made = 0; made < 101; made += 1) {
    const id = await before.launch("script", [{ panic: "no" }]);
    await before.end(id);
    gone.push(id);
  }
  storage.modules.clear();
  await using after = await before.restart({ module: "conformance" });
  await after.engine.deploy(fixtureAs("extensions", "1.0.1"));
  const [fine = ""] = await fail(after, 1);

  const { failures, ...outcome } = await after.engine.restartMatching({
    ...failedOnes,
    idempotencyKey: "k",
  });

  expect(outcome).toEqual({ count: 1, failed: 101, cursor: null });
  expect(failures).toHaveLength(100);
  expect(failures[0]).toEqual({
    id: gone.at(-1),
    code: "MODULE_NOT_FOUND",
    message: expect.stringContaining("To start it again with another version, fork it"),
  });
  expect((await after.engine.workflow(fine)).restarts).toHaveLength(1);
});

test("a key that forked one of them is refused for that one", async () => {
  await using engine = await TestEngine.open();
  const [forked = "", other = ""] = await fail(engine, 2);
  await engine.engine.fork(forked, { fromStep: 0, idempotencyKey: "k" });
  await engine.engine.whenIdle();
  const outcome = await engine.engine.restartMatching({ ...failedOnes, idempotencyKey: "k" });
  expect(outcome).toMatchObject({
    count: 1,
    failed: 1,
    failures: [{ id: forked, code: "IDEMPOTENCY_CONFLICT" }],
  });
  expect((await engine.engine.workflow(other)).restarts).toHaveLength(1);
});

test("a problem that affects all of them is an error", async () => {
  await using engine = await TestEngine.open();
  const running = { status: "running" } as unknown as RestartFilter;
  await expect(engine.engine.restartMatching(running)).rejects.toMatchObject({
    code: "INVALID_REQUEST",
    message: expect.stringContaining('but got "running"'),
  });
  await engine.engine.close();
  await expect(engine.engine.restartMatching(failedOnes)).rejects.toBeInstanceOf(EngineError);
});
