import { describe, expect, test } from "vitest";
import { ExecutorPool } from "../../executor/executor-pool.ts";
import { ExecutorThread } from "../../executor/executor-thread-handle.ts";
import { memoryModes, TestEngine } from "../../testing/test-engine.ts";
import { globalTimers, type Timers } from "../../time/timers.ts";
import { until } from "../../testing/until.ts";
import { defaultLimits, resolveEngineLimits } from "../limits.ts";

describe.each(memoryModes)("the limit of running workflows, $mode", ({ limits }) => {
  test("refuses starts beyond it, keeps what was accepted, and has room again after an end", async () => {
    await using engine = await TestEngine.open({ limits: { ...limits, runningWorkflows: 2 } });
    const ids = [await engine.launch("receive"), await engine.launch("receive")];

    await expect(engine.run("noop")).rejects.toMatchObject({
      code: "LIMIT_REACHED",
      message: expect.stringMatching(/^2 workflows run already.*runningWorkflows/) as string,
    });
    await engine.send(ids[0] ?? "", "approve", { by: "Ada" });
    expect(await engine.end(ids[0] ?? "")).toMatchObject({ status: "completed" });
    expect(await engine.run("noop")).toBeNull();
    expect(await engine.status(ids[1] ?? "")).toBe("running");
  });

  test("counts those from before a restart and children, but no longer cancelled ones", async () => {
    await using before = await TestEngine.open({ limits });
    const asleep = await before.launch("receive");
    await using after = await before.restart({ limits: { ...limits, runningWorkflows: 1 } });
    await expect(after.run("noop")).rejects.toMatchObject({ code: "LIMIT_REACHED" });

    await after.engine.cancel(asleep);
    expect(await after.run("noop")).toBeNull();
  });

  test("lets a start be repeated with its idempotency key", async () => {
    await using engine = await TestEngine.open({ limits: { ...limits, runningWorkflows: 1 } });
    const request = {
      module: "conformance",
      version: "1.0.0",
      workflow: "receive",
      input: "null",
      idempotencyKey: "once",
    };
    const first = await engine.engine.start(request, { detached: true });
    await engine.engine.whenIdle();

    expect(await engine.engine.start(request, { detached: true })).toEqual(first);
  });
});

test("a response that is too large fails its workflow with a clear error", async () => {
  await using engine = await TestEngine.open({ limits: { textCharacters: 100 } });
  engine.http.script = () => ({
    statusCode: 200,
    url: "http://site/",
    headers: [],
    body: Buffer.from("x".repeat(200)),
  });

  await expect(engine.run("http", { method: "GET", url: "http://site/" })).rejects.toMatchObject({
    code: "WORKFLOW_FAILED",
    message: expect.stringContaining("the limit textCharacters allows 100") as string,
  });
  const { workflows } = await engine.engine.list({ status: "failed" });
  expect(workflows).toMatchObject([{ response: null, error: { code: "RESPONSE_LIMIT" } }]);
});

describe("the memory of all guests together", () => {
  test("costs the guest that computes longest its workflow, and nobody else", async () => {
    let used = 0;
    await using executors = new ExecutorPool({
      threads: 1,
      guestTimeLimitMs: 600_000,
      moveNeighboursAfterMs: 50,
      processMemoryBytes: 1_000,
      usedMemory: () => used,
    });
    await using engine = await TestEngine.open({ executors });
    const receiver = await engine.launch("receive");
    const { id } = await engine.startText("busy_loop_after_response");
    used = 1_000;
    const failed = await engine.end(id);
    used = 0;

    expect(failed).toMatchObject({
      status: "failed",
      error: {
        code: "MEMORY_LIMIT",
        message: expect.stringContaining("the 1000 bytes that processMemoryBytes allows") as string,
      },
    });
    await engine.engine.send(receiver, "approve", '{"by":"Ada"}');
    expect(await engine.end(receiver)).toMatchObject({ status: "completed" });
  });

  test("held by a dead thread costs no other guest anything", async () => {
    let used = 0;
    const dead = Promise.withResolvers<void>();
    const stopped: string[] = [];
    /** V8 can't be stopped from finishing a compilation, so the thread exists for that long. */
    class CompilingThread extends ExecutorThread {
      override async terminate(): Promise<void> {
        stopped.push("thread");
        await super.terminate();
        await dead.promise;
      }
    }
    await using executors = new ExecutorPool(
      {
        threads: 2,
        guestTimeLimitMs: 600_000,
        moveNeighboursAfterMs: 600_000,
        processMemoryBytes: 1_000,
        usedMemory: () => used,
      },
      (onLost) => new CompilingThread(onLost),
    );
    await using engine = await TestEngine.open({ executors });
    const { id: guilty } = await engine.startText("busy_loop_after_response");
    const { id: innocent } = await engine.startText("busy_loop_after_response");
    used = 1_000;
    expect((await engine.end(guilty)).error?.code).toBe("MEMORY_LIMIT");

    // Far more than the limit, for many checks and longer than memory takes to settle.
    let looks = 0;
    used = 5_000;
    const before = performance.now();
    await until(() => performance.now() - before > 700 && (looks += 1) > 3);
    expect(await engine.status(innocent)).toBe("running");
    expect(stopped).toHaveLength(1);
    dead.resolve();
    expect((await engine.end(innocent)).error?.code).toBe("MEMORY_LIMIT");
  });

  test("if it becomes tight, is not kept for the next guests either", async () => {
    const released = Promise.withResolvers<void>();
    class TellingThread extends ExecutorThread {
      override releaseIdle(): void {
        super.releaseIdle();
        released.resolve();
      }
    }
    let used = 0;
    await using executors = new ExecutorPool(
      { threads: 1, processMemoryBytes: 1_000, usedMemory: () => used },
      (onLost) => new TellingThread(onLost),
    );
    const sweeps: (() => void)[] = [];
    const timers: Timers = {
      ...globalTimers,
      setInterval: (callback, ms) => {
        sweeps.push(callback);
        return globalTimers.setInterval(callback, ms);
      },
    };
    await using engine = await TestEngine.open({ executors, timers });
    expect(await engine.run("add", { a: 1, b: 2 })).toBe(3);
    used = 900;
    for (const sweep of sweeps) sweep();
    await released.promise;

    expect(await engine.run("add", { a: 3, b: 4 })).toBe(7);
  });

  test("stops nobody while no guest computes", async () => {
    await using executors = new ExecutorPool({
      threads: 1,
      processMemoryBytes: 1,
      usedMemory: () => 2,
    });
    await using engine = await TestEngine.open({ executors });
    const receiver = await engine.launch("receive");
    await engine.send(receiver, "approve", { by: "Ada" });

    expect(await engine.end(receiver)).toMatchObject({ status: "completed" });
  });
});

describe("limits", () => {
  test("that are omitted have their defaults", () => {
    expect(resolveEngineLimits({ residentGuests: 7 })).toEqual({
      ...defaultLimits,
      residentGuests: 7,
    });
  });

  test.each([
    { residentGuests: 0 },
    { idleGuestMs: -1 },
    { mailboxMessages: 1.5 },
    { textCharacters: Number.NaN },
    { unknown: 1 },
  ])("are refused where they make no sense: %j", (limits) => {
    expect(() => resolveEngineLimits(limits)).toThrow(
      expect.objectContaining({
        code: "FLAWLESS_INVALID_OPTION",
        message: expect.stringContaining(Object.keys(limits)[0] ?? "") as string,
      }),
    );
  });
});
