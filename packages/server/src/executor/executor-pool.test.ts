import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { describe, expect, test } from "vitest";
import { Engine } from "../engine/index.ts";
import { MemoryStorage } from "../store/memory-storage.ts";
import { MemoryWorkflowStore } from "../store/memory-workflow-store.ts";
import { TestEngine } from "../testing/test-engine.ts";
import { until } from "../testing/until.ts";
import { ExecutorPool, type ExecutorPoolOptions } from "./executor-pool.ts";
import { ExecutorThread } from "./executor-thread-handle.ts";

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

  test("have their own memory limit, even for the same module", async () => {
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

  test("don't close them, and don't hear of each other's guests", async () => {
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

test("a thousand guests started at once all end", async () => {
  await using executors = new ExecutorPool({ threads: 2 });
  await using engine = await TestEngine.open({ executors, limits: { residentGuests: 50 } });
  const sums = await Promise.all(
    Array.from({ length: 1_000 }, (_, n) => engine.run("add", { a: n, b: 1 })),
  );

  expect(sums).toEqual(Array.from({ length: 1_000 }, (_, n) => n + 1));
});

describe("if the system provides no more threads", () => {
  /** A pool that gets a new thread only while `given` allows it. */
  function poolThat(
    given: () => boolean,
    options: ExecutorPoolOptions = { threads: 2 },
  ): ExecutorPool {
    return new ExecutorPool(options, (onLost) => {
      if (!given()) {
        throw new Error("Worker initialization failure: EAGAIN");
      }
      return new ExecutorThread(onLost);
    });
  }

  test("guests share the existing ones until there are more", async () => {
    let left = 1;
    await using executors = poolThat(() => {
      left -= 1;
      return left >= 0;
    });
    await using engine = await TestEngine.open({ executors });
    expect(await engine.run("add", { a: 1, b: 2 })).toBe(3);
    expect(executors.statistics().threads).toBe(1);
    left = 9;
    await engine.run("noop");

    expect(executors.statistics().threads).toBe(2);
  });

  test("a workflow waits if there is none, then runs", async () => {
    let given = false;
    await using executors = poolThat(() => given);
    await using engine = await TestEngine.open({ executors });
    const id = await engine.launch("noop");
    await engine.pass(1_000);
    expect(await engine.status(id)).toBe("running");
    expect(engine.takeErrors().map(String)).toEqual(
      Array(2).fill(
        "NoThreadError: There is no thread for a workflow: Worker initialization failure: EAGAIN",
      ),
    );
    given = true;
    await engine.pass(1_000);

    expect((await engine.end(id)).status).toBe("completed");
  });

  test("the neighbours of a guest that computes for long wait and lose nothing", async () => {
    let given = true;
    await using executors = poolThat(() => given, { threads: 1, moveNeighboursAfterMs: 60 });
    await using engine = await TestEngine.open({ executors });
    const neighbour = await engine.launch("sleep_ms", { ms: 100 });
    const { id: spinning } = await engine.startText("busy_loop_after_response");
    given = false;
    await until(() => engine.engine.statistics().residentGuests === 1);
    engine.clock.advance(100);
    await until(() => engine.errors.length > 0);
    given = true;
    engine.clock.advance(1_000);
    expect((await engine.end(neighbour)).status).toBe("completed");
    expect(String(engine.takeErrors()[0])).toContain("There is no thread for a workflow");

    expect(await engine.engine.cancel(spinning)).toMatchObject({ status: "cancelled" });
  });
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

  test("when an engine that already has a module is opened", async () => {
    const storage = new MemoryStorage();
    await using first = await TestEngine.open({ storage });
    await first.engine.close();
    await using executors = new ExecutorPool({ threads: 1 });
    await using _second = await Engine.open({ executors, store: new MemoryWorkflowStore(storage) });

    expect(executors.statistics().threads).toBe(1);
  });
});
