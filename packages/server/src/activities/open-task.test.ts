import { describe, expect, test } from "vitest";
import { ActivityHarness } from "../testing/activity-harness.ts";

describe("an attempt that fails", () => {
  test("is retried after growing pauses, up to the last attempt", async () => {
    const harness = new ActivityHarness();
    harness.worker();
    const retry = { attempts: 4, initialDelayMs: 1_000, factor: 3, maxDelayMs: 5_000 };
    const task = harness.task({ retry });
    const pauses: number[] = [];
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      const handedOut = await harness.takeOne();
      expect(handedOut).toMatchObject({ attempt, idempotencyKey: "key-1" });
      const failedAt = harness.clock.now();
      harness.fail(handedOut, { message: `attempt ${attempt}` });
      harness.clock.advance((harness.clock.next ?? failedAt) - failedAt);
      pauses.push(harness.clock.now() - failedAt);
    }

    expect(pauses).toEqual([1_000, 3_000, 5_000, 0]);
    expect(task.outcome()).toMatchObject({
      error: { code: "FAILED", message: "attempt 4" },
      attempts: 4,
    });
    expect(task.lines).toHaveLength(3);
  });

  test.each([
    ["it says so", {}, { nonRetryable: true }],
    [
      "its error's class is named by the call",
      { nonRetryable: ["Declined"] },
      { name: "Declined" },
    ],
  ])("is the last if %s", async (_, retry, error) => {
    const harness = new ActivityHarness();
    harness.worker();
    const task = harness.task({ retry });
    harness.fail(await harness.takeOne(), error);
    expect(task.outcome()).toMatchObject({ attempts: 1, error });
  });

  test("is the last if the activity's definition names its error's class", async () => {
    const harness = new ActivityHarness();
    harness.worker("w1", { charge: { retry: { nonRetryable: ["Declined"] } } });
    const task = harness.task({ retry: { nonRetryable: ["Other"] } });
    harness.fail(await harness.takeOne(), { name: "Declined" });
    expect(task.outcome()).toMatchObject({ attempts: 1 });
  });

  test("uses the options of the call, then of the definition, then the defaults", async () => {
    const harness = new ActivityHarness();
    harness.worker("w1", {
      charge: { retry: { attempts: 2, initialDelayMs: 50 }, timeouts: { heartbeatMs: 70 } },
    });
    harness.task({ retry: { attempts: 3 }, timeouts: { startToCloseMs: 60 } });
    const first = await harness.takeOne();
    expect(first).toMatchObject({ timeoutMs: 60, heartbeatMs: 70 });
    harness.fail(first);
    harness.clock.advance(50);
    harness.fail(await harness.takeOne());
    harness.clock.advance(100);
    expect((await harness.takeOne()).attempt).toBe(3);
  });

  test("passes its last details to the next one", async () => {
    const harness = new ActivityHarness();
    harness.worker();
    harness.task();
    const first = await harness.takeOne();
    harness.beat(first, true, '{"page":3}');
    harness.beat(first, true);
    harness.fail(first);
    harness.clock.advance(1_000);
    expect((await harness.takeOne()).details).toBe('{"page":3}');
  });
});

describe("a restart", () => {
  test("continues after a failed attempt: its number, its pause, its details", async () => {
    const harness = new ActivityHarness();
    harness.worker();
    const policy = { retry: { attempts: 2, initialDelayMs: 60_000 } };
    const task = harness.task(policy);
    const first = await harness.takeOne();
    harness.beat(first, true, "5");
    harness.fail(first);
    harness.restart();
    harness.clock.advance(20_000);
    harness.worker();
    const progress = task.lines.at(-1) ?? null;
    const again = harness.task(policy, { key: "key-1", restored: true, progress });

    harness.clock.advance(39_000);
    expect(await harness.take()).toEqual([]);
    harness.clock.advance(1_000);
    const second = await harness.takeOne();
    expect(second).toMatchObject({ attempt: 2, details: "5", idempotencyKey: "key-1" });
    harness.fail(second);
    expect(again.outcome()).toMatchObject({ attempts: 2 });
  });

  test("leaves a task to the worker that has it", async () => {
    const harness = new ActivityHarness();
    harness.worker();
    harness.task();
    const handedOut = await harness.takeOne();
    harness.restart();
    harness.worker();
    harness.worker("w2");
    const again = harness.task({}, { key: "key-1", restored: true });

    expect(await harness.take("w2")).toEqual([]);
    expect(harness.beat(handedOut)).toEqual([]);
    harness.clock.advance(10_000);
    expect(await harness.take("w2")).toEqual([]);
    harness.complete(handedOut, "2");
    expect(again.outcome()).toEqual({ value: "2" });
  });

  test("accepts the result of a worker that finished the task meanwhile", async () => {
    const harness = new ActivityHarness();
    harness.worker();
    harness.task();
    const handedOut = await harness.takeOne();
    harness.restart();
    harness.worker();
    const again = harness.task({}, { key: "key-1", restored: true });
    harness.complete(handedOut, "3");
    expect(again.outcome()).toEqual({ value: "3" });
  });

  test("stores what a worker reports before the task is reopened", async () => {
    const harness = new ActivityHarness();
    harness.worker();
    harness.task();
    harness.task();
    harness.task();
    const [held, done, unwanted] = [
      await harness.takeOne(),
      await harness.takeOne(),
      await harness.takeOne(),
    ];
    harness.restart();
    harness.worker();
    expect(harness.beat(held)).toEqual([]);
    expect(harness.beat(unwanted)).toEqual([]);
    expect(harness.complete(done, "2")).toEqual([]);
    expect(harness.beat(done)).toEqual([]);
    const still = harness.task({}, { key: "key-1", restored: true });
    const over = harness.task({}, { key: "key-2", restored: true });
    expect(over.outcome()).toEqual({ value: "2" });
    harness.clock.advance(10_000);
    expect(await harness.take()).toEqual([]);
    harness.complete(held, "1");
    expect(still.outcome()).toEqual({ value: "1" });
    expect(harness.beat(unwanted)).toEqual([unwanted.lease]);
  });

  test("hands a task to others if its worker doesn't come back", async () => {
    const harness = new ActivityHarness();
    harness.worker();
    harness.task();
    const lost = await harness.takeOne();
    harness.restart();
    harness.worker("w2");
    const again = harness.task({}, { key: "key-1", restored: true });
    harness.clock.advance(5_000);
    const handedOut = await harness.takeOne("w2");
    expect(handedOut.attempt).toBe(1);
    harness.worker();
    expect(harness.complete(lost)).toEqual([lost.lease]);
    expect(again.outcome()).toBeUndefined();
  });
});

describe("a worker that is lost", () => {
  test("loses its task to another immediately", async () => {
    const harness = new ActivityHarness();
    harness.worker();
    harness.worker("w2");
    const task = harness.task();
    const lost = await harness.takeOne();
    harness.clock.advance(harness.leaseMs - 1);
    expect(await harness.take("w2")).toEqual([]);
    harness.clock.advance(1);

    const second = await harness.takeOne("w2");
    expect(second.attempt).toBe(2);
    expect(harness.beat(lost)).toEqual([lost.lease]);
    harness.complete(second, "2", "w2");
    expect(task.outcome()).toEqual({ value: "2" });
  });

  test("is not one that renews its lease", async () => {
    const harness = new ActivityHarness();
    harness.worker();
    const task = harness.task({ timeouts: { startToCloseMs: 86_400_000 } });
    const handedOut = await harness.takeOne();
    for (let hour = 0; hour < 1_000; hour += 1) {
      harness.clock.advance(20_000);
      expect(harness.beat(handedOut)).toEqual([]);
    }
    harness.complete(handedOut);
    expect(task.outcome()).toEqual({ value: "1" });
  });

  test("is not one that was silent while the whole process stood still", async () => {
    const harness = new ActivityHarness();
    harness.worker();
    const task = harness.task({ timeouts: { startToCloseMs: 86_400_000, heartbeatMs: 60_000 } });
    const handedOut = await harness.takeOne();
    harness.clock.set(harness.clock.now() + 3_600_000);
    harness.clock.advance(0);
    expect(harness.beat(handedOut)).toEqual([]);
    harness.complete(handedOut);
    expect(task.outcome()).toEqual({ value: "1" });
  });

  test("leaves: its task goes to another", async () => {
    const harness = new ActivityHarness();
    harness.worker();
    harness.worker("w2");
    harness.task();
    await harness.takeOne();
    harness.queues.leave("orders", "w1");
    expect((await harness.takeOne("w2")).attempt).toBe(2);
  });

  test("hands a task back: another gets it as the same attempt", async () => {
    const harness = new ActivityHarness();
    harness.worker();
    harness.worker("w2");
    harness.task();
    const { lease } = await harness.takeOne();
    harness.queues.report("orders", "w1", [{ lease, handBack: true }]);
    expect((await harness.takeOne("w2")).attempt).toBe(1);
  });

  test("ends the activity with the last attempt", async () => {
    const harness = new ActivityHarness();
    harness.worker();
    const task = harness.task({ retry: { attempts: 1 } });
    await harness.takeOne();
    harness.clock.advance(harness.leaseMs);
    expect(task.outcome()).toMatchObject({ attempts: 1, error: { code: "WORKER_LOST" } });
  });
});

describe("timeouts", () => {
  test("of waiting for a worker end the activity", () => {
    const harness = new ActivityHarness();
    const task = harness.task({ timeouts: { scheduleToStartMs: 5_000 } });
    harness.clock.advance(4_999);
    expect(task.outcome()).toBeUndefined();
    harness.clock.advance(1);
    expect(task.outcome()).toMatchObject({ error: { code: "SCHEDULE_TO_START_TIMEOUT" } });
    expect(harness.clock.timers).toBe(0);
  });

  test("of one attempt are followed by another attempt", async () => {
    const harness = new ActivityHarness();
    harness.worker();
    const task = harness.task({ timeouts: { startToCloseMs: 5_000 }, retry: { attempts: 2 } });
    const first = await harness.takeOne();
    harness.clock.advance(5_000);
    expect(harness.complete(first)).toEqual([first.lease]);
    harness.clock.advance(1_000);
    await harness.takeOne();
    harness.clock.advance(5_000);
    expect(task.outcome()).toMatchObject({
      attempts: 2,
      error: { code: "START_TO_CLOSE_TIMEOUT", name: "TimeoutError" },
    });
  });

  test("of heartbeats count from the activity's last one: the worker's own don't count", async () => {
    const harness = new ActivityHarness();
    harness.worker();
    const task = harness.task({ timeouts: { heartbeatMs: 5_000 }, retry: { attempts: 1 } });
    const handedOut = await harness.takeOne();
    harness.clock.advance(4_000);
    harness.beat(handedOut, true);
    harness.clock.advance(4_000);
    harness.beat(handedOut, false);
    expect(task.outcome()).toBeUndefined();
    harness.clock.advance(1_000);
    expect(task.outcome()).toMatchObject({ error: { code: "HEARTBEAT_TIMEOUT" } });
  });

  test.each(["waits", "runs"])(
    "of the whole activity end it while it %s, and report the last failure",
    async (what) => {
      const harness = new ActivityHarness();
      harness.worker();
      const timeouts = { scheduleToCloseMs: 10_000 };
      const task = harness.task({ timeouts, retry: { initialDelayMs: 3_000 } });
      harness.fail(await harness.takeOne());
      harness.clock.advance(3_000);
      const second = what === "runs" ? await harness.takeOne() : undefined;
      harness.clock.advance(7_000);
      expect(task.outcome()).toMatchObject({
        attempts: 2,
        error: { code: "SCHEDULE_TO_CLOSE_TIMEOUT", cause: { message: "declined" } },
      });
      const leases = second === undefined ? [] : [second.lease];
      expect(second === undefined ? [] : harness.beat(second)).toEqual(leases);
      expect(await harness.take()).toEqual([]);
    },
  );

  test("of the whole activity skip a pause that would exceed them", async () => {
    const harness = new ActivityHarness();
    harness.worker();
    const task = harness.task({
      timeouts: { scheduleToCloseMs: 10_000 },
      retry: { initialDelayMs: 20_000 },
    });
    harness.fail(await harness.takeOne());
    expect(task.outcome()).toMatchObject({ error: { code: "FAILED" } });
  });
});

describe("an activity that must not run twice", () => {
  const atMostOnce = { atMostOnce: true };

  test("is in the journal before it is handed out", async () => {
    const harness = new ActivityHarness();
    harness.worker();
    const task = harness.task(atMostOnce);
    harness.canSave = false;
    expect(await harness.take()).toEqual([]);
    expect(task.lines).toEqual([]);
    harness.canSave = true;
    harness.clock.advance(1_000);
    const asked = harness.queues.poll("orders", { worker: "w1", max: 1, waitMs: null });
    const [handedOut] = await asked;
    expect(task.lines).toHaveLength(1);
    harness.complete(handedOut as NonNullable<typeof handedOut>);
    expect(task.outcome()).toEqual({ value: "1" });
  });

  test.each(["its lease ends", "it says goodbye", "it hands it back"])(
    "is interrupted if its worker is lost: %s",
    async (how) => {
      const harness = new ActivityHarness();
      harness.worker();
      const task = harness.task(atMostOnce);
      const [handedOut] = await harness.queues.poll("orders", {
        worker: "w1",
        max: 1,
        waitMs: null,
      });
      const lease = handedOut?.lease ?? "";
      if (how === "its lease ends") harness.clock.advance(harness.leaseMs);
      if (how === "it says goodbye") harness.queues.leave("orders", "w1");
      if (how === "it hands it back") {
        harness.queues.report("orders", "w1", [{ lease, handBack: true }]);
      }
      expect(task.outcome()).toMatchObject({ attempts: 1, error: { code: "INTERRUPTED" } });
    },
  );

  test("is interrupted by a restart after it was handed out, but not by one before", async () => {
    const harness = new ActivityHarness();
    harness.worker();
    const task = harness.task(atMostOnce);
    await harness.queues.poll("orders", { worker: "w1", max: 1, waitMs: null });
    harness.restart();
    const progress = task.lines.at(-1) ?? null;
    const again = harness.task(atMostOnce, { key: "key-1", restored: true, progress });
    expect(again.outcome()).toMatchObject({ error: { code: "INTERRUPTED" } });

    const other = harness.task(atMostOnce, { key: "key-9", restored: true });
    expect(other.outcome()).toBeUndefined();
  });

  test("is not retried when it fails, whatever the definition says", async () => {
    const harness = new ActivityHarness();
    harness.worker("w1", { charge: { atMostOnce: true, retry: { attempts: 5 } } });
    const task = harness.task();
    const [handedOut] = await harness.queues.poll("orders", { worker: "w1", max: 1, waitMs: null });
    harness.fail(handedOut as NonNullable<typeof handedOut>);
    expect(task.lines).toHaveLength(1);
    expect(task.outcome()).toMatchObject({ attempts: 1, error: { code: "FAILED" } });
  });
});

describe("an activity that is aborted", () => {
  test("is not handed out any more", async () => {
    const harness = new ActivityHarness();
    harness.worker();
    const task = harness.task();
    task.open.abort();
    expect(await harness.take()).toEqual([]);
    expect(harness.clock.timers).toBe(0);
  });

  test("is reported to its worker with the next heartbeat, and has no outcome", async () => {
    const harness = new ActivityHarness();
    harness.worker();
    const task = harness.task();
    const handedOut = await harness.takeOne();
    task.open.abort();
    expect(harness.beat(handedOut)).toEqual([handedOut.lease]);
    expect(harness.complete(handedOut)).toEqual([handedOut.lease]);
    expect(task.outcome()).toBeUndefined();
    expect(harness.clock.timers).toBe(0);
  });
});

test("a result that is too large fails the activity permanently", async () => {
  const harness = new ActivityHarness({ textCharacters: 10 });
  harness.worker();
  const task = harness.task();
  harness.complete(await harness.takeOne(), '"1234567890"');
  expect(task.outcome()).toMatchObject({ attempts: 1, error: { code: "RESULT_TOO_LARGE" } });
});
