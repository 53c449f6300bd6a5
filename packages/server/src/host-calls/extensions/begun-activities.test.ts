import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { HandedOutActivity } from "@flawless-ts/sdk/internal";
import { memoryModes, TestEngine } from "../../testing/test-engine.ts";
import { until } from "../../testing/until.ts";

const activity = { kind: "activity", queue: "orders", name: "charge", input: 1 };
const begin = (operation: number, more: object = {}): object => ({
  ask: ["begin", { operation, ...activity, ...more }],
});
const wait = (...operations: readonly number[]): object => ({ ask: ["wait", { operations }] });

describe.each(memoryModes)("activities that were begun, $mode", ({ limits }) => {
  let engine: TestEngine;

  beforeEach(async () => {
    engine = await TestEngine.open({ module: "extensions", limits });
    worker();
  });

  afterEach(() => engine[Symbol.asyncDispose]());

  function worker(): void {
    engine.engine.activities.register("orders", {
      worker: "w",
      concurrency: 10,
      activities: { charge: {} },
    });
  }

  /** The given number of tasks, by their inputs. */
  async function take(count: number): Promise<ReadonlyMap<string, HandedOutActivity>> {
    const taken = new Map<string, HandedOutActivity>();
    while (taken.size < count) {
      const poll = { worker: "w", max: 10, waitMs: null };
      for (const task of await engine.engine.activities.poll("orders", poll)) {
        taken.set(task.input, task);
      }
    }
    return taken;
  }

  /** @returns the leases that the worker no longer holds */
  function report(task: HandedOutActivity | undefined, outcome: object): readonly string[] {
    const lease = task?.lease ?? "";
    return engine.engine.activities.report("orders", "w", [{ lease, ...outcome } as never]);
  }

  async function bodies(id: string): Promise<readonly unknown[]> {
    const { response, error } = await engine.end(id);
    expect(error).toBeNull();
    const answers = JSON.parse(response ?? "[]") as readonly { readonly body: unknown }[];
    return answers.map(({ body }) => body);
  }

  test("run beside requests and a child, as in a module from Rust", async () => {
    engine.engine.activities.register("orders", {
      worker: "w",
      concurrency: 10,
      activities: { double: {} },
    });
    const input = { first: "http://site/a", second: "http://site/b", queue: "orders" };
    const id = await engine.launch("side_by_side", input);
    await engine.requests(2);
    report((await take(1)).get("21"), { value: "42" });
    const { response } = await engine.end(id);
    expect(JSON.parse(response ?? "null")).toMatchObject({
      first: { Ok: { status_code: 200 } },
      second: { Ok: { status_code: 200 } },
      doubled: { value: 42 },
      child: { status: "completed", response: [] },
    });
    const { workflows } = await engine.engine.list();
    expect(workflows.map(({ parent }) => parent)).toEqual([id, null]);
  });

  test("run at the same time, and each result is delivered once, in the order of their ends", async () => {
    const id = await engine.launch("script", [
      begin(1, { input: 1 }),
      begin(2, { input: 2 }),
      begin(3, { input: 3 }),
      wait(1, 2, 3),
      wait(1, 3),
      wait(1),
    ]);
    expect(await engine.info(id)).toMatchObject({ waiting: { on: "operations", count: 3 } });
    const tasks = await take(3);
    expect(new Set([...tasks.values()].map((task) => task.idempotencyKey)).size).toBe(3);
    for (const input of ["2", "3", "1"]) {
      report(tasks.get(input), { value: `"result of ${input}"` });
      await engine.engine.whenIdle();
    }
    expect((await bodies(id)).slice(3)).toEqual([
      { operation: 2, result: { value: "result of 2" } },
      { operation: 3, result: { value: "result of 3" } },
      { operation: 1, result: { value: "result of 1" } },
    ]);
  });

  test("continue after a restart with their keys; a result that has arrived is not requested again", async () => {
    const retry = { attempts: 2, initialDelayMs: 60_000 };
    const script = [
      begin(1, { input: 1 }),
      begin(2, { input: 2, retry }),
      { call: { RecvMessage: [null, ["go"]] } },
      wait(1, 2),
      wait(2),
    ];
    const id = await engine.launch("script", script);
    const before = await take(2);
    report(before.get("1"), { value: "1" });
    const error = {
      name: "No",
      message: "",
      stack: null,
      details: null,
      nonRetryable: false,
      cause: null,
    };
    report(before.get("2"), { error });
    await until(() => engine.engine.activities.summaries(1)[0]?.retrying === 1);
    await engine.engine.whenIdle();

    engine = await engine.restart();
    worker();
    await engine.engine.whenIdle();
    expect(engine.engine.activities.summaries(9)[0]?.tasks).toHaveLength(1);
    await engine.pass(60_000);
    const after = (await take(1)).get("2");
    expect(after).toMatchObject({
      attempt: 2,
      idempotencyKey: before.get("2")?.idempotencyKey,
    });
    report(after, { value: "2" });
    await engine.send(id, "go", null);
    expect((await bodies(id)).slice(3)).toEqual([
      { operation: 1, result: { value: 1 } },
      { operation: 2, result: { value: 2 } },
    ]);
  });

  test("that are aborted, even twice, are taken from the worker, and their result is not delivered", async () => {
    const abort = { ask: ["abort", { operation: 1 }] };
    const id = await engine.launch("script", [
      begin(1, { input: 1 }),
      begin(2, { input: 2 }),
      { call: { RecvMessage: [null, ["go"]] } },
      abort,
      abort,
      { ask: ["wait", { operations: [1, 2] }] },
      { ask: ["wait", { operations: [2, 7] }] },
      wait(2),
    ]);
    const tasks = await take(2);
    await engine.send(id, "go", null);
    expect(report(tasks.get("1"), { value: "1" })).toEqual([tasks.get("1")?.lease]);
    report(tasks.get("2"), { value: "2" });
    expect((await bodies(id)).slice(3)).toEqual([
      {},
      {},
      { error: { code: "UNKNOWN_OPERATION", message: "Operation 1 is not open." } },
      { error: { code: "UNKNOWN_OPERATION", message: "Operation 7 is not open." } },
      { operation: 2, result: { value: 2 } },
    ]);
  });

  test("with atMostOnce are interrupted by a crash once they have been handed out", async () => {
    const id = await engine.launch("script", [begin(1, { atMostOnce: true }), wait(1)]);
    await take(1);
    await engine.engine.whenIdle();
    engine = await engine.restart();
    expect((await bodies(id)).at(-1)).toMatchObject({ result: { error: { code: "INTERRUPTED" } } });
  });

  test("continue when the workflow is asked to cancel, of which it is told meanwhile", async () => {
    const cancel = "flawless:cancel";
    const id = await engine.launch("script", [
      begin(1),
      { ask: ["wait", { operations: [1], types: [cancel] }] },
      wait(1),
    ]);
    const tasks = await take(1);
    await engine.engine.cancel(id);
    await engine.engine.whenIdle();
    report(tasks.get("1"), { value: "1" });
    expect((await bodies(id)).slice(1)).toMatchObject([
      { message: { type: cancel } },
      { operation: 1, result: { value: 1 } },
    ]);
  });
});
