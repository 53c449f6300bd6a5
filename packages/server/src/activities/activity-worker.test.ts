import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { FastifyInstance } from "@flawless-ts/http-service/fastify";
import { listenOnFreePort } from "@flawless-ts/test-helpers";
import {
  ActivityWorker,
  type ActivityWorkerOptions,
  ApplicationFailure,
  defineActivities,
  defineActivity,
  Flawless,
  type,
} from "@flawless-ts/sdk";
import { createApi } from "../api/create-api.ts";
import { ActivityHarness, type TriedTask } from "../testing/activity-harness.ts";
import { fakeEngine } from "../testing/fake-engine.ts";
import { until } from "../testing/until.ts";

let harness: ActivityHarness;
let app: FastifyInstance;
let url: string;
const lines: string[] = [];
const logger = {
  debug: (): void => undefined,
  info: (_: object, message: string): void => void lines.push(message),
  warn: (_: object, message: string): void => void lines.push(message),
  error: (_: object, message: string): void => void lines.push(message),
};

async function serve(port = 0): Promise<void> {
  app = createApi(fakeEngine({ activities: harness.queues }));
  url = await app.listen({ host: "127.0.0.1", port });
}

beforeEach(async () => {
  lines.length = 0;
  harness = new ActivityHarness({ textCharacters: 1_000_000 });
  await serve();
});

afterEach(async () => {
  harness.queues.close();
  await app.close();
});

class CardDeclined extends Error {}

const activities = defineActivities({
  add: ({ a, b }: { a: number | bigint; b: number | bigint }) => BigInt(a) + BigInt(b),
  nothing: (input?: null) => input ?? "none",
  decline: () => {
    throw new CardDeclined("card 42 was declined", { cause: new TypeError("limit") });
  },
  fail: () => {
    throw new ApplicationFailure("no", { details: { card: 42n }, nonRetryable: true });
  },
  checked: defineActivity({
    input: type<{ id: number }>(),
    run: async ({ id }, activity) => ({
      id,
      attempt: activity.attempt,
      key: activity.idempotencyKey,
      workflow: activity.workflowId,
      queue: activity.queue,
    }),
  }),
  unwritable: () => new Map(),
});

function workerOf(options: Partial<ActivityWorkerOptions> = {}): ActivityWorker {
  return new ActivityWorker({
    url,
    queue: "orders",
    activities,
    logger,
    errorDelayMs: 5,
    ...options,
  });
}

function call(name: string, input = "null", policy = {}): TriedTask {
  return harness.task(policy, { name, input });
}

async function outcomeOf(task: TriedTask): Promise<ReturnType<TriedTask["outcome"]>> {
  await until(() => task.outcome() !== undefined);
  return task.outcome();
}

describe("a worker of activities", () => {
  test("runs what workflows call, with every digit", async () => {
    await using _worker = workerOf();
    const added = call("add", '{"a":9007199254740993,"b":1}');
    const nothing = call("nothing");
    const checked = call("checked", '{"id":7}');

    expect(await outcomeOf(added)).toEqual({ value: "9007199254740994" });
    expect(await outcomeOf(nothing)).toEqual({ value: '"none"' });
    expect(await outcomeOf(checked)).toEqual({
      value: '{"id":7,"attempt":1,"key":"key-3","workflow":"wkf_one","queue":"orders"}',
    });
  });

  test("reports what an activity threw: its class, stack, details and cause", async () => {
    await using _worker = workerOf();
    const declined = call("decline", "null", { retry: { nonRetryable: ["CardDeclined"] } });
    expect(await outcomeOf(declined)).toMatchObject({
      attempts: 1,
      error: {
        code: "FAILED",
        name: "CardDeclined",
        message: "card 42 was declined",
        stack: expect.stringContaining("activity-worker.test.ts"),
        details: null,
        cause: { name: "TypeError", message: "limit" },
      },
    });
    expect(await outcomeOf(call("fail"))).toMatchObject({
      error: { name: "ApplicationFailure", details: '{"card":42}', nonRetryable: true },
    });
  });

  test("doesn't retry if the result can't be written as JSON", async () => {
    await using _worker = workerOf();
    expect(await outcomeOf(call("unwritable"))).toMatchObject({
      attempts: 1,
      error: { name: "NotJsonError" },
    });
  });

  test("retries on the server's clock", async () => {
    let attempts = 0;
    await using _worker = workerOf({
      activities: {
        flaky: () => {
          attempts += 1;
          if (attempts < 3) throw new Error(`attempt ${attempts}`);
          return attempts;
        },
      },
    });
    const task = call("flaky");
    await until(() => task.lines.length === 1);
    harness.clock.advance(1_000);
    await until(() => task.lines.length === 2);
    harness.clock.advance(2_000);
    expect(await outcomeOf(task)).toEqual({ value: "3" });
  });

  test("runs up to `concurrency` activities at a time", async () => {
    let running = 0;
    let most = 0;
    const gate = Promise.withResolvers<void>();
    const run = async (): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
      await gate.promise;
      running -= 1;
    };
    await using _worker = workerOf({ activities: { run }, concurrency: 2 });
    const tasks = [1, 2, 3, 4].map(() => call("run"));
    await until(() => running === 2);
    gate.resolve();
    for (const task of tasks) expect(await outcomeOf(task)).toEqual({ value: "null" });
    expect(most).toBe(2);
  });

  test("sends heartbeats and details, and is told of a cancellation", async () => {
    const gone = Promise.withResolvers<string>();
    await using _worker = workerOf({
      activities: {
        long: async (_: null, activity) => {
          activity.heartbeat({ page: 3 });
          await new Promise((resolve) => activity.signal.addEventListener("abort", resolve));
          gone.resolve(String(activity.signal.reason));
        },
      },
      sleep: async (milliseconds, signal) => {
        // Time passes immediately, except for the activity's own timeout.
        await new Promise<void>((resolve, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason));
          if (milliseconds < 60_000) setImmediate(resolve);
        });
      },
    });
    const task = call("long", "null", { timeouts: { heartbeatMs: 5_000 } });
    await until(() => harness.queues.summaries(1)[0]?.running === 1);
    task.open.abort();
    expect(await gone.promise).toContain("no longer wants this attempt");
  });

  test("passes the details of the previous attempt to the next", async () => {
    const seen: unknown[] = [];
    await using _worker = workerOf({
      activities: {
        pages: (_: null, activity) => {
          seen.push(activity.lastDetails);
          return activity.attempt;
        },
      },
    });
    harness.worker("other", { pages: {} });
    const task = harness.task({}, { name: "pages", queue: "elsewhere" });
    task.open.abort();
    const progress = JSON.stringify({
      kind: "failed",
      attempts: 1,
      nextAt: 0,
      fault: {
        code: "FAILED",
        name: "Error",
        message: "no",
        stack: null,
        details: null,
        nonRetryable: false,
        cause: null,
      },
      details: '{"page":3}',
    });
    const again = harness.task({}, { name: "pages", progress });
    expect(await outcomeOf(again)).toEqual({ value: "2" });
    expect(seen).toEqual([{ page: 3 }]);
  });

  test("passes on the details that an attempt sent right before it failed or was handed back", async () => {
    const second = Promise.withResolvers<void>();
    const worker = workerOf({
      id: "first",
      activities: {
        pages: async (_: null, activity) => {
          activity.heartbeat({ page: activity.attempt });
          if (activity.attempt === 1) throw new Error("no");
          second.resolve();
          await new Promise(() => undefined);
        },
      },
    });
    const task = harness.task({ retry: { initialDelayMs: 0 } }, { name: "pages" });
    await second.promise;
    await worker.close({ graceMs: 0 });
    const seen: unknown[] = [];
    await using _other = workerOf({
      activities: {
        pages: (_: null, activity) => seen.push(activity.attempt, activity.lastDetails),
      },
    });
    await outcomeOf(task);
    expect(seen).toEqual([2, { page: 2 }]);
  });

  test("waits for a server that is not running yet, and continues with its tasks after a restart", async () => {
    const port = Number(new URL(url).port);
    const gate = Promise.withResolvers<number>();
    let runs = 0;
    await app.close();
    await using _worker = workerOf({
      activities: {
        slow: () => {
          runs += 1;
          return gate.promise;
        },
      },
    });
    await until(() => lines.some((line) => line.includes("Trying again until it works")));
    await serve(port);
    call("slow");
    await until(() => runs === 1);

    harness.queues.close();
    await app.close();
    harness.restart();
    await serve(port);
    const again = harness.task({}, { name: "slow", key: "key-1", restored: true });
    await until(() => harness.queues.summaries(1)[0]?.running === 1);
    gate.resolve(5);
    expect(await outcomeOf(again)).toEqual({ value: "5" });
    expect(runs).toBe(1);
  });

  test("ends with an error if the server refuses it", async () => {
    await app.close();
    app = createApi(fakeEngine({ activities: harness.queues }), { tokens: ["secret"] });
    const port = await listenOnFreePort(app);
    const worker = workerOf({ url: `http://127.0.0.1:${port}` });
    await expect(worker.run()).rejects.toMatchObject({ code: "FLAWLESS_UNAUTHORIZED" });
    await worker.close();

    await using allowed = workerOf({ url: `http://127.0.0.1:${port}`, token: "secret" });
    expect(await outcomeOf(call("nothing"))).toEqual({ value: '"none"' });
    expect(allowed.queue).toBe("orders");
  });

  test("pauses if the server forgets it as soon as it has registered", async () => {
    const { queues } = harness;
    let registrations = 0;
    let polls = 0;
    const forgetful = createApi(
      fakeEngine({
        activities: {
          register: () => {
            registrations += 1;
            return { leaseMs: harness.leaseMs };
          },
          poll: (queue, poll) => {
            polls += 1;
            return queues.poll(queue, poll);
          },
          report: () => [],
          heartbeat: () => [],
          leave: () => undefined,
          summaries: () => [],
        },
      }),
    );
    const port = await listenOnFreePort(forgetful);
    {
      await using _worker = workerOf({
        url: `http://127.0.0.1:${port}`,
        errorDelayMs: 600_000,
      });
      await until(() => polls === 2);
    }
    expect(registrations).toBe(2);
    await forgetful.close();
  });

  test("polls each node of a cluster", async () => {
    const other = new ActivityHarness();
    const second = createApi(fakeEngine({ activities: other.queues }));
    const port = await listenOnFreePort(second);
    {
      await using _worker = workerOf({ url: [url, `http://127.0.0.1:${port}`] });
      const here = call("nothing");
      const there = other.task({}, { name: "nothing", input: "null" });
      expect(await outcomeOf(here)).toEqual({ value: '"none"' });
      expect(await outcomeOf(there)).toEqual({ value: '"none"' });
    }
    other.queues.close();
    await second.close();
  });

  test("can use a client's connection, and leaves it open", async () => {
    await using flawless = new Flawless({ url });
    {
      await using _worker = workerOf({ url: undefined, flawless });
      expect(await outcomeOf(call("nothing"))).toEqual({ value: '"none"' });
    }
    expect(await flawless.listActivityQueues({ tasks: 0 })).toEqual([]);
  });
});

describe("closing a worker", () => {
  test("lets activities finish, takes no more, and leaves the queue", async () => {
    const gate = Promise.withResolvers<void>();
    const worker = workerOf({ activities: { run: () => gate.promise }, concurrency: 2 });
    const first = call("run");
    await until(() => worker.activeActivities === 1);
    const closing = worker.close();
    await until(() => harness.polls("orders") === 0);
    const second = call("run");
    gate.resolve();
    await closing;
    await worker.run();

    expect(first.outcome()).toEqual({ value: "null" });
    expect(second.outcome()).toBeUndefined();
    expect(harness.queues.summaries(0)[0]).toMatchObject({ waiting: 1, workers: [] });
  });

  test("hands back what doesn't finish in time, as the same attempt, and aborts it", async () => {
    let reason: unknown;
    const started = Promise.withResolvers<void>();
    const worker = workerOf({
      activities: {
        run: async (_: null, activity) => {
          started.resolve();
          await new Promise<void>((resolve) => {
            activity.signal.addEventListener("abort", () => {
              reason = activity.signal.reason;
              resolve();
            });
          });
        },
      },
    });
    const task = call("run");
    await started.promise;
    await worker.close({ graceMs: 0 });

    expect(String(reason)).toContain("The worker stops.");
    expect(task.outcome()).toBeUndefined();
    expect(task.open.attempt).toBe(1);
    expect(harness.queues.summaries(0)[0]).toMatchObject({ waiting: 1, running: 0 });
  });

  test("can be requested by a signal", async () => {
    const stop = new AbortController();
    const worker = workerOf({ signal: stop.signal });
    expect(await outcomeOf(call("nothing"))).toEqual({ value: '"none"' });
    stop.abort();
    await worker.run();
    expect(lines.at(-1)).toBe("The worker has left its queue.");
  });
});

test.each([
  ["url", { url: undefined }],
  ["url", { flawless: new Flawless({ url: "http://127.0.0.1:1" }) }],
  ["queue", { queue: "" }],
  ["activities", { activities: {} }],
  ["activities.x", { activities: { x: 5 } }],
  ["concurrency", { concurrency: 0 }],
  ["qeue", { qeue: "x" }],
])("invalid options are refused: %s", (option, options) => {
  expect(() => workerOf(options as never)).toThrow(expect.objectContaining({ option }));
});
