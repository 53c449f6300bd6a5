import { describe, expect, test } from "vitest";
import { ActivityHarness } from "../testing/activity-harness.ts";

const names = (tasks: readonly { readonly input: string }[]): readonly string[] =>
  tasks.map(({ input }) => input);

describe("a worker that polls", () => {
  test("gets a waiting task, and its result ends the task", async () => {
    const harness = new ActivityHarness();
    harness.worker();
    const task = harness.task();

    const handedOut = await harness.takeOne();
    expect(handedOut).toEqual({
      lease: expect.any(String),
      name: "charge",
      input: "7",
      attempt: 1,
      idempotencyKey: "key-1",
      workflow: "wkf_one",
      details: null,
      timeoutMs: 600_000,
      heartbeatMs: null,
    });
    expect(harness.complete(handedOut, '{"paid":true}')).toEqual([]);

    expect(task.outcome()).toEqual({ value: '{"paid":true}' });
    expect(task.lines).toEqual([]);
    expect(harness.clock.timers).toBe(0);
    expect(harness.complete(handedOut)).toEqual([handedOut.lease]);
  });

  test("waits until there is a task, and gets everything that becomes ready at once", async () => {
    const harness = new ActivityHarness();
    harness.worker();
    const asked = harness.queues.poll("orders", { worker: "w1", max: 2, waitMs: null });
    for (const input of ["1", "2", "3"]) {
      harness.task({}, { input });
    }

    expect(names(await asked)).toEqual(["1", "2"]);
    expect(names(await harness.take())).toEqual(["3"]);
    expect(await harness.take()).toEqual([]);
  });

  test("gets nothing once it has withdrawn its poll: another gets the task", async () => {
    const harness = new ActivityHarness();
    harness.worker();
    harness.worker("w2");
    const gone = new AbortController();
    const asked = harness.queues.poll(
      "orders",
      { worker: "w1", max: 1, waitMs: null },
      gone.signal,
    );
    gone.abort();
    harness.task();

    expect(await asked).toEqual([]);
    expect((await harness.takeOne("w2")).attempt).toBe(1);
  });

  test("withdraws its earlier poll by polling again", async () => {
    const harness = new ActivityHarness();
    harness.worker();
    const first = harness.queues.poll("orders", { worker: "w1", max: 1, waitMs: null });
    const second = harness.queues.poll("orders", { worker: "w1", max: 1, waitMs: null });
    expect(await first).toEqual([]);
    harness.task();
    expect(await second).toHaveLength(1);
  });

  test("gets only activities that it runs", async () => {
    const harness = new ActivityHarness();
    harness.worker("w1", { ship: {} });
    harness.worker("w2", { charge: {} });
    harness.task();

    expect(await harness.take("w1")).toEqual([]);
    expect(await harness.take("w2")).toHaveLength(1);
  });

  test("must be registered", async () => {
    const harness = new ActivityHarness();
    const unknown = { code: "WORKER_NOT_FOUND" };
    await expect(harness.take()).rejects.toThrow(expect.objectContaining(unknown));
    harness.worker();
    harness.queues.leave("orders", "w1");
    await expect(harness.take()).rejects.toThrow(expect.objectContaining(unknown));
    expect(() => harness.queues.heartbeat("orders", "w1", [])).toThrow(
      expect.objectContaining(unknown),
    );
  });

  test("is refused if there are too many, or the queue has no name", () => {
    const harness = new ActivityHarness({ workers: 1 });
    harness.worker("w1");
    expect(() => harness.worker("w2")).toThrow(expect.objectContaining({ code: "LIMIT_REACHED" }));
    const nameless = { worker: "w1", concurrency: 1, activities: {} };
    expect(() => harness.queues.register("", nameless)).toThrow(
      expect.objectContaining({ code: "INVALID_REQUEST" }),
    );
  });

  test("makes room for others after a long silence", () => {
    const harness = new ActivityHarness({ workers: 1 });
    harness.worker("w1");
    harness.clock.advance(3 * harness.leaseMs + 1);
    harness.worker("w2");
    expect(harness.queues.summaries(0)[0]?.workers.map(({ id }) => id)).toEqual(["w2"]);
  });
});

describe("fairness", () => {
  test("workflows take turns, however many tasks one of them has", async () => {
    const harness = new ActivityHarness();
    harness.worker();
    for (const input of ["1", "2", "3"]) {
      harness.task({}, { input, workflow: "wkf_greedy" });
    }
    harness.task({}, { input: "4", workflow: "wkf_modest" });

    expect(names(await harness.take("w1", 10))).toEqual(["1", "4", "2", "3"]);
  });

  test("activities take turns", async () => {
    const harness = new ActivityHarness();
    harness.worker("w1", { charge: {}, ship: {} });
    for (const input of ["1", "2", "3"]) {
      harness.task({}, { input });
    }
    harness.task({}, { input: "4", name: "ship" });

    expect(names(await harness.take("w1", 10))).toEqual(["1", "4", "2", "3"]);
  });

  test("waiting workers share new tasks", async () => {
    const harness = new ActivityHarness();
    harness.worker("w1");
    harness.worker("w2");
    const asked = ["w1", "w2"].map((worker) =>
      harness.queues.poll("orders", { worker, max: 10, waitMs: null }),
    );
    for (const input of ["1", "2", "3", "4"]) {
      harness.task({}, { input });
    }

    const shares = await Promise.all(asked);
    expect(shares.map((tasks) => tasks.length)).toEqual([2, 2]);
  });
});

describe("the summary of a queue", () => {
  test("has its tasks, workers and rates", async () => {
    const harness = new ActivityHarness();
    harness.worker();
    harness.task();
    harness.task();
    harness.task();
    await harness.takeOne();
    harness.fail(await harness.takeOne());

    const [queue] = harness.queues.summaries(2);
    expect(queue).toMatchObject({
      queue: "orders",
      waiting: 1,
      running: 1,
      retrying: 1,
      lastMinute: { started: 2, completed: 0, failed: 1, timedOut: 0, lost: 0 },
      workers: [{ id: "w1", concurrency: 10, running: 1, activities: ["charge"] }],
      tasks: [
        { activity: "charge", state: "running", attempt: 1, worker: "w1", lastError: null },
        { state: "retrying", attempt: 2, lastError: { name: "Error", message: "declined" } },
      ],
    });
    expect(harness.ends).toEqual(["orders charge failed"]);
    harness.clock.advance(70_000);
    expect(harness.queues.summaries(0)[0]?.lastMinute.started).toBe(0);
  });

  test("disappears with its last task and worker", async () => {
    const harness = new ActivityHarness();
    harness.worker();
    harness.task();
    harness.complete(await harness.takeOne());
    harness.queues.leave("orders", "w1");
    expect(harness.queues.summaries(0)).toEqual([]);
  });
});

test("closing answers waiting polls and refuses new ones", async () => {
  const harness = new ActivityHarness();
  harness.worker();
  harness.task({ timeouts: { scheduleToCloseMs: 5_000 } });
  harness.worker("w2", {});
  const asked = harness.queues.poll("orders", { worker: "w2", max: 1, waitMs: null });
  harness.queues.close();

  expect(await asked).toEqual([]);
  expect(harness.clock.timers).toBe(0);
  await expect(harness.take()).rejects.toThrow(expect.objectContaining({ code: "CLOSED" }));
});
