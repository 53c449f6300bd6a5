import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { FastifyInstance } from "@flawless-ts/http-service/fastify";
import { listenOnFreePort } from "@flawless-ts/test-helpers";
import { ActivityHarness } from "../../testing/activity-harness.ts";
import { fakeEngine } from "../../testing/fake-engine.ts";
import { until } from "../../testing/until.ts";
import { createApi } from "../create-api.ts";

let harness: ActivityHarness;
let app: FastifyInstance;

beforeEach(() => {
  harness = new ActivityHarness({ workers: 2, textCharacters: 10_000_000 });
  app = createApi(fakeEngine({ activities: harness.queues }), { limits: { activityBytes: 100_000 } });
});

afterEach(async () => {
  harness.queues.close();
  await app.close();
});

async function post(path: string, body: object): Promise<{ status: number; body: unknown; code: unknown }> {
  const reply = await app.inject({ method: "POST", url: `/api/activities/${path}`, payload: body });
  return {
    status: reply.statusCode,
    body: reply.json(),
    code: reply.headers["flawless-error-code"],
  };
}

const register = (worker = "w1"): ReturnType<typeof post> =>
  post("orders/workers", { worker, concurrency: 2, activities: { charge: {} } });

describe("a worker over HTTP", () => {
  test("registers, takes a task, sends heartbeats, reports and leaves", async () => {
    const task = harness.task({}, { input: '{"id":18446744073709551615}' });
    expect(await register()).toMatchObject({ status: 200, body: { ok: { leaseMs: 30_000 } } });

    const polled = await post("orders/poll", { worker: "w1", max: 5 });
    const [handedOut] = (polled.body as { ok: { lease: string }[] }).ok;
    expect(handedOut).toMatchObject({
      name: "charge",
      input: '{"id":18446744073709551615}',
      attempt: 1,
      heartbeatMs: null,
    });
    const lease = handedOut?.lease ?? "";
    const beat = { lease, alive: true, details: '"half"' };
    expect(await post("orders/heartbeat", { worker: "w1", beats: [beat] })).toMatchObject({
      body: { ok: { ended: [] } },
    });
    const reports = [{ lease, value: "18446744073709551615" }];
    expect(await post("orders/report", { worker: "w1", reports })).toMatchObject({
      body: { ok: { ended: [] } },
    });
    expect(task.outcome()).toEqual({ value: "18446744073709551615" });
    expect(await post("orders/report", { worker: "w1", reports })).toMatchObject({
      body: { ok: { ended: [lease] } },
    });
    expect((await post("orders/leave", { worker: "w1" })).status).toBe(200);
    expect((await app.inject("/api/activities")).json()).toEqual({ ok: [] });
  });

  test("reports failures, which are truncated", async () => {
    const task = harness.task();
    await register();
    const { lease } = await harness.takeOne();
    let cause: object | null = null;
    for (let depth = 0; depth < 50; depth += 1) {
      cause = { name: "Cause", message: `${depth}`, cause };
    }
    const error = { name: "x".repeat(500), message: "m".repeat(40_000), nonRetryable: true, cause };
    await post("orders/report", { worker: "w1", reports: [{ lease, error }] });
    const outcome = task.outcome();
    expect(outcome).toMatchObject({
      attempts: 1,
      error: { code: "FAILED", name: "x".repeat(200), stack: null, details: null },
    });
    expect(JSON.stringify(outcome).match(/"Cause"/g)).toHaveLength(10);
    expect(JSON.stringify(outcome).length).toBeLessThan(18_000);
  });

  test("reports details, which are kept for the next attempt, up to a limit", async () => {
    const details = (characters: number): string => `"${"d".repeat(characters)}"`;
    const retry = { attempts: 9, initialDelayMs: 0 };
    harness.task({ retry });
    await register();
    const error = { name: "Error", message: "no" };
    const next = async (more: object): Promise<string | null> => {
      const { lease } = await harness.takeOne();
      await post("orders/report", { worker: "w1", reports: [{ lease, error, ...more }] });
      const handedOut = await harness.takeOne();
      harness.queues.report("orders", "w1", [{ lease: handedOut.lease, handBack: true }]);
      return handedOut.details;
    };
    expect(await next({ details: '{"page":1}' })).toBe('{"page":1}');
    expect(await next({})).toBe('{"page":1}');
    expect(await next({ details: null })).toBe('{"page":1}');
    expect(await next({ details: '{"page":2}' })).toBe('{"page":2}');
    await app.close();
    app = createApi(fakeEngine({ activities: harness.queues }));
    const { lease } = await harness.takeOne();
    const beats = [{ lease, alive: true, details: details(2_000_000) }];
    expect((await post("orders/heartbeat", { worker: "w1", beats })).status).toBe(200);
    harness.queues.report("orders", "w1", [{ lease, handBack: true }]);
    expect((await harness.takeOne()).details).toBe('{"page":2}');
  });

  test("is told to register if the server doesn't know it", async () => {
    for (const [path, more] of [
      ["poll", { max: 1 }],
      ["report", { reports: [] }],
      ["heartbeat", { beats: [] }],
    ] as const) {
      expect(await post(`orders/${path}`, { worker: "w1", ...more }), path).toMatchObject({
        status: 404,
        code: "WORKER_NOT_FOUND",
      });
    }
  });

  test("is refused if there are too many", async () => {
    await register("w1");
    await register("w2");
    expect(await register("w3")).toMatchObject({ status: 429, code: "LIMIT_REACHED" });
    const refused = await app.inject({
      method: "POST",
      url: "/api/activities/orders/workers",
      payload: { worker: "w3", concurrency: 1, activities: {} },
    });
    expect(refused.headers).toMatchObject({ "retry-after": "1" });
  });

  test("can't send invalid requests", async () => {
    await register();
    for (const [path, body] of [
      ["orders/poll", { worker: "w1", max: 0 }],
      ["orders/poll", { worker: "w1" }],
      ["orders/report", { worker: "w1", reports: [{ lease: "x" }] }],
      ["orders/report", { worker: "w1", reports: [{ lease: "x", value: "1", handBack: true }] }],
      ["orders/workers", { worker: "", concurrency: 1, activities: {} }],
      ["orders/workers", { worker: "w", concurrency: 1, activities: { charge: { retry: { attempts: 0 } } } }],
      ["orders/workers", { worker: "w", concurrency: 1, activities: { charge: { tiemouts: {} } } }],
      [`${"q".repeat(300)}/workers`, { worker: "w", concurrency: 1, activities: {} }],
    ] as const) {
      expect(await post(path, body), JSON.stringify(body)).toMatchObject({ status: 400 });
    }
  });

  test("may report more than other bodies may contain, up to a limit", async () => {
    await register();
    const reports = (characters: number): object => ({
      worker: "w1",
      reports: [{ lease: "gone", value: "x".repeat(characters) }],
    });
    expect((await post("orders/report", reports(90_000))).status).toBe(200);
    expect((await post("orders/report", reports(110_000))).status).toBe(413);
  });

  test("gets no task if it disconnects while waiting", async () => {
    const port = await listenOnFreePort(app);
    await register();
    const gone = new AbortController();
    const asking = fetch(`http://127.0.0.1:${port}/api/activities/orders/poll`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ worker: "w1", max: 1 }),
      signal: gone.signal,
    });
    const isAsking = (): boolean => harness.polls("orders") === 1;
    await until(isAsking);
    gone.abort();
    await expect(asking).rejects.toThrow("aborted");
    await until(() => !isAsking());
    harness.task();
    expect(harness.queues.summaries(0)[0]).toMatchObject({ waiting: 1, running: 0 });
  });
});

test("the queues are listed with some of their tasks", async () => {
  await register();
  harness.task();
  harness.task();
  const reply = await app.inject("/api/activities?tasks=1");
  expect(reply.json()).toMatchObject({
    ok: [
      {
        queue: "orders",
        waiting: 2,
        workers: [{ id: "w1", concurrency: 2, activities: ["charge"] }],
        tasks: [{ activity: "charge", workflow: "wkf_one", state: "waiting" }],
      },
    ],
  });
  expect((await app.inject("/api/activities?tasks=1001")).statusCode).toBe(400);
});
