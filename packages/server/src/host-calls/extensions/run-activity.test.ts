import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ActivityReport, HandedOutActivity } from "@flawless-ts/sdk/internal";
import { memoryModes, TestEngine, type TestEngineOptions } from "../../testing/test-engine.ts";
import { until } from "../../testing/until.ts";

const charge = { kind: "activity", queue: "orders", name: "charge", input: { id: 7 } };
const script = (operation: object = charge): unknown => [{ ask: ["run", operation] }];

let engine: TestEngine;

async function open(options: TestEngineOptions = {}): Promise<void> {
  engine = await TestEngine.open({ module: "extensions", ...options });
  worker();
}

function worker(id = "w1"): void {
  engine.engine.activities.register("orders", {
    worker: id,
    concurrency: 10,
    activities: { charge: {}, double: {} },
  });
}

async function take(id = "w1"): Promise<HandedOutActivity> {
  const poll = { worker: id, max: 1, waitMs: null };
  const [task] = await engine.engine.activities.poll("orders", poll);
  if (task === undefined) throw new Error("nothing was handed out");
  return task;
}

function report(report: ActivityReport, id = "w1"): readonly string[] {
  return engine.engine.activities.report("orders", id, [report]);
}

const failure = (message: string, more: object = {}) => ({
  name: "Declined",
  message,
  stack: "Declined: at pay.ts:3",
  details: '{"card":18446744073709551615}',
  nonRetryable: false,
  cause: null,
  ...more,
});

/** The script's response, as JSON text. */
async function answers(id: string): Promise<string> {
  const { response } = await engine.engine.wait(id, { timeoutMs: 100_000 });
  return response ?? "";
}

afterEach(async () => {
  await engine[Symbol.asyncDispose]();
});

describe.each(memoryModes)("an activity, $mode", ({ limits }) => {
  beforeEach(() => open({ limits }));

  test("runs in a worker, and the workflow gets its result", async () => {
    const id = await engine.launch("script", script());
    await engine.engine.whenIdle();
    expect(await engine.engine.workflow(id)).toMatchObject({
      waiting: { on: "activity", queue: "orders", name: "charge", attempt: 1 },
    });
    const task = await take();
    expect(task).toMatchObject({ name: "charge", input: '{"id":7}', attempt: 1, workflow: id });
    report({ lease: task.lease, value: '{"paid":18446744073709551615}' });

    expect(await answers(id)).toBe(
      '[{"body":{"value":{"paid":18446744073709551615}},"status":200}]',
    );
    const { steps } = await engine.engine.journal(id);
    expect(steps.filter(({ call }) => call.includes("flawless:v1/run"))).toHaveLength(1);
  });

  test("is retried with the same key, even after a restart; then its failure is reported", async () => {
    const retry = { attempts: 3, initialDelayMs: 60_000, factor: 2 };
    const id = await engine.launch("script", script({ ...charge, retry }));
    const first = await take();
    report({ lease: first.lease, error: failure("first") });
    await until(() => engine.engine.activities.summaries(1)[0]?.retrying === 1);
    await engine.engine.whenIdle();
    expect(await engine.engine.workflow(id)).toMatchObject({ waiting: { attempt: 2 } });

    engine = await engine.restart();
    worker();
    await engine.engine.whenIdle();
    await engine.pass(60_000);
    const second = await take();
    expect(second).toMatchObject({ attempt: 2, idempotencyKey: first.idempotencyKey });
    report({ lease: second.lease, error: failure("second") });
    await engine.engine.whenIdle();
    engine = await engine.restart();
    worker();
    await engine.engine.whenIdle();
    await engine.pass(120_000);
    const third = await take();
    const cause = { ...failure("limit"), name: "Limit", details: null };
    report({ lease: third.lease, error: failure("third", { cause }) });

    expect(JSON.parse(await answers(id))).toEqual([
      {
        status: 200,
        body: {
          error: {
            code: "FAILED",
            attempts: 3,
            name: "Declined",
            message: "third",
            stack: "Declined: at pay.ts:3",
            details: { card: 2 ** 64 },
            cause: {
              name: "Limit",
              message: "limit",
              stack: "Declined: at pay.ts:3",
              details: null,
            },
          },
        },
      },
    ]);
    const { steps } = await engine.engine.journal(id);
    expect(steps.at(-2)).toMatchObject({ answer: expect.stringContaining("HTTPResponse") });
  });

  test("is cancelled with its workflow", async () => {
    const id = await engine.launch("script", script());
    const task = await take();
    await engine.engine.terminate(id);
    expect(report({ lease: task.lease, value: "1" })).toEqual([task.lease]);
    expect(await engine.engine.workflow(id)).toMatchObject({ status: "cancelled" });
  });

  test("that must not run twice is interrupted by a restart once it has been handed out", async () => {
    const id = await engine.launch("script", script({ ...charge, atMostOnce: true }));
    await engine.engine.whenIdle();
    engine = await engine.restart();
    worker();
    await engine.engine.whenIdle();
    await engine.pass(5_000);
    await take();
    engine = await engine.restart();
    worker();
    expect(JSON.parse(await answers(id))).toMatchObject([
      { body: { error: { code: "INTERRUPTED", attempts: 1 } } },
    ]);
  });
});

describe("a workflow whose activity takes hours", () => {
  test("leaves memory, and continues when it is done", async () => {
    await open({ limits: { idleGuestMs: 0 } });
    const hours = { ...charge, timeouts: { startToCloseMs: 36_000_000 } };
    const id = await engine.launch("script", script(hours));
    const { lease } = await take();
    await engine.engine.whenIdle();
    await until(() => engine.engine.statistics().residentGuests === 0);
    for (let hour = 0; hour < 9; hour += 1) {
      for (let beat = 0; beat < 180; beat += 1) {
        engine.clock.advance(20_000);
        engine.engine.activities.heartbeat("orders", "w1", [
          { lease, alive: false, details: null },
        ]);
      }
    }
    report({ lease, value: '"late"' });
    expect(await answers(id)).toContain('"late"');
  });

  test("continues after a crash with the worker that has it", async () => {
    await open();
    const id = await engine.launch("script", script());
    const { lease } = await take();
    engine = await engine.restart();
    worker();
    await engine.engine.whenIdle();
    expect(report({ lease, value: '"kept"' })).toEqual([]);
    expect(await answers(id)).toContain('"kept"');
  });
});

describe("the extension", () => {
  beforeEach(() => open());

  test.each([
    ["run", { ...charge, kind: "x" }, 400, "INVALID_REQUEST"],
    ["run", { ...charge, queue: "" }, 400, "INVALID_REQUEST"],
    ["run", { ...charge, name: "x".repeat(201) }, 400, "INVALID_REQUEST"],
    ["run", { ...charge, name: undefined }, 400, "INVALID_REQUEST"],
    ["run", { ...charge, retry: { attempts: 0 } }, 400, "INVALID_REQUEST"],
    ["run", { ...charge, retry: { factor: 0.5 } }, 400, "INVALID_REQUEST"],
    ["run", { ...charge, retry: { nonRetryable: [5] } }, 400, "INVALID_REQUEST"],
    ["run", { ...charge, retry: 5 }, 400, "INVALID_REQUEST"],
    ["run", { ...charge, timeouts: { heartbeatMs: 1.5 } }, 400, "INVALID_REQUEST"],
    ["run", { ...charge, atMostOnce: "yes" }, 400, "INVALID_REQUEST"],
    ["run", [charge], 400, "INVALID_REQUEST"],
    ["nothing", {}, 404, "UNKNOWN_EXTENSION"],
  ])("%s refuses %j", async (name, body, status, code) => {
    const [answer] = (await engine.run("script", [{ ask: [name, body] }])) as unknown[];
    expect(answer).toEqual({ status, body: { error: { code, message: expect.any(String) } } });
  });

  test("never reaches the network", async () => {
    await engine.run("script", [{ ask: ["nothing", {}] }]);
    expect(engine.http.sent).toEqual([]);
  });

  test("has a journal that is shown in pages, however many attempts there were", async () => {
    const retry = { attempts: 40, initialDelayMs: 1 };
    const id = await engine.launch("script", script({ ...charge, retry }));
    for (let attempt = 1; attempt < 30; attempt += 1) {
      const { lease } = await take();
      report({ lease, error: failure(`${attempt}`) });
      await until(() => engine.engine.activities.summaries(1)[0]?.retrying === 1);
      await engine.engine.whenIdle();
      await engine.engine.journalPage(id, { first: null, limit: 1 });
      await engine.pass(60_000);
    }
    const { lease } = await take();
    report({ lease, value: "5" });
    await answers(id);
    const whole = await engine.engine.journal(id);
    for (const step of whole.steps) {
      const page = await engine.engine.journalPage(id, { first: step.step, limit: 1 });
      expect(page.steps).toEqual([step]);
    }
  });
});
