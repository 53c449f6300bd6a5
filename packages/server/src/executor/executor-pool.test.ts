import { fixtureBytes } from "@flawless-ts/wasm-module/testing/fixtures";
import { describe, expect, test } from "vitest";
import { Engine } from "../engine/engine.ts";
import { MemoryJournal, MemoryStorage } from "../journal/memory-journal.ts";
import { TestEngine } from "../testing/test-engine.ts";
import { ExecutorPool } from "./executor-pool.ts";

describe("engines that share threads", () => {
  test("have their own secrets, seeds and clocks", async () => {
    await using executors = new ExecutorPool({ threads: 1 });
    await using first = await TestEngine.open({ executors, secrets: { s: "first" }, seed: 1 });
    await using second = await TestEngine.open({ executors, secrets: { s: "second" }, seed: 2 });
    second.clock.advance(1_000);

    expect(await first.run("secret", { name: "s" })).toBe("first");
    expect(await second.run("secret", { name: "s" })).toBe("second");
    expect(await first.run("randoms")).not.toEqual(await second.run("randoms"));
    expect(await first.run("time_now")).toEqual({ secs: 1_767_323_045, nanos: 0 });
    expect(await second.run("time_now")).toEqual({ secs: 1_767_323_046, nanos: 0 });
  });

  test("have their own limit on memory, though the module is the same", async () => {
    await using executors = new ExecutorPool({ threads: 1 });
    const mebibytes = async (limit: number): Promise<number> => {
      await using engine = await TestEngine.open({
        executors,
        limits: { memoryBytes: limit * 2 ** 20 },
      });
      const error = await engine.run("memory_hog").catch((reason: unknown) => reason as Error);
      return Number(/with ([\d.]+) MiB/.exec((error as Error).message)?.[1]);
    };
    const large = await mebibytes(16);
    const small = await mebibytes(8);

    expect(large).toBeGreaterThan(8);
    expect(small).toBeLessThanOrEqual(8);
  });

  test("do not close them, nor does one hear of the other's guests", async () => {
    await using executors = new ExecutorPool({ threads: 2 });
    await using first = await TestEngine.open({ executors });
    await using second = await TestEngine.open({ executors });
    const ids = await Promise.all([1, 2, 3, 4].map(() => second.launch("sleep_ms", { ms: 10 })));
    await first.launch("sleep_ms", { ms: 10 });
    await first.engine.close();
    await second.pass(10);

    expect(await Promise.all(ids.map((id) => second.status(id)))).toEqual(
      Array(4).fill("completed"),
    );
  });
});

test("a thousand guests that are started at once all end", async () => {
  await using executors = new ExecutorPool({ threads: 2 });
  await using engine = await TestEngine.open({ executors, limits: { residentGuests: 50 } });
  const sums = await Promise.all(
    Array.from({ length: 1_000 }, (_, n) => engine.run("add", { a: n, b: 1 })),
  );

  expect(sums).toEqual(Array.from({ length: 1_000 }, (_, n) => n + 1));
});

describe("threads are started", () => {
  test("by the first guest, not before", async () => {
    await using executors = new ExecutorPool({ threads: 2 });
    const before = executors.statistics().threads;
    await using engine = await TestEngine.open({ executors });
    await engine.run("noop");

    expect(before).toBe(0);
    expect(executors.statistics().threads).toBe(2);
  });

  test("when a module is deployed", async () => {
    await using executors = new ExecutorPool({ threads: 1 });
    await using engine = await Engine.open({ executors });
    const before = executors.statistics().threads;
    await engine.deploy(fixtureBytes("conformance"));

    expect(before).toBe(0);
    expect(executors.statistics().threads).toBe(1);
  });

  test("when an engine is opened that finds a module", async () => {
    const storage = new MemoryStorage();
    await using first = await TestEngine.open({ storage });
    await first.engine.close();
    await using executors = new ExecutorPool({ threads: 1 });
    await using _second = await Engine.open({ executors, journal: new MemoryJournal(storage) });

    expect(executors.statistics().threads).toBe(1);
  });
});
