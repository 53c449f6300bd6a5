import { pino } from "pino";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { MemoryStore } from "../store/memory-store.ts";
import { TestClock } from "../testing/test-clock.ts";
import { LostWorkers } from "./lost-workers.ts";
import { createQueueEvents } from "./queue-events.ts";
import { defaultRules, Queue } from "./queue.ts";

const job = { payload: '{"url":"u"}', workerTypes: [], requestId: "request-1" } as const;
const worker = {
  id: "w",
  type: "wasm",
  name: "w",
  cpuCores: null,
  memoryMb: null,
  metadata: "{}",
} as const;

function setUp(): { clock: TestClock; queue: Queue; seen: string[]; store: MemoryStore } {
  const clock = new TestClock();
  const events = createQueueEvents();
  const store = new MemoryStore();
  const seen: string[] = [];
  for (const name of ["published", "moved", "returned", "progress"] as const) {
    events.on(name, ({ id, status }) => seen.push(`${name} ${id} ${status}`));
  }
  events.on("worker", ({ id, status }) => seen.push(`worker ${id} ${status}`));
  const queue = new Queue({ store, clock, events, nodeId: "node", rules: defaultRules });
  return { clock, queue, seen, store };
}

describe("a queue", () => {
  test("emits events for what happens, and only for that", async () => {
    const { queue, seen } = setUp();
    await queue.register(worker);
    await queue.publishNext(job);
    await queue.publish("a", job);
    await queue.publish("a", job);
    await queue.claim("w", null);
    await queue.setStatus("job-1", "InProgress", null);
    await queue.setStatus("job-1", "InProgress", null);
    await queue.report({ id: "job-1", status: "Done", url: "u", urlsLeft: 0 });
    await queue.claim("w", null);
    await queue.drain("w");

    expect(seen).toEqual([
      "worker w online",
      "published job-1 Pending",
      "published a Pending",
      "moved job-1 Claimed",
      "moved job-1 InProgress",
      "progress job-1 Completed",
      "moved a Claimed",
      "returned a Pending",
      "worker w draining",
    ]);
  });

  test("throws refusals as errors with a code", async () => {
    const { queue } = setUp();
    await expect(queue.job("x")).rejects.toMatchObject({
      code: "JOB_NOT_FOUND",
      _tag: "ControlPlaneError",
      message: "There is no job x.",
    });
    await expect(queue.worker("x")).rejects.toMatchObject({ code: "WORKER_NOT_FOUND" });
  });
});

test("a job that is claimed and not started within 90 seconds is taken back", async () => {
  const { clock, queue } = setUp();
  await queue.register(worker);
  await queue.publish("a", job);
  await queue.claim("w", null);
  clock.advance(60_000);
  await queue.heartbeat("w", { cpuCores: null, memoryMb: null });
  clock.advance(29_999);
  const before = await queue.returnLost();
  clock.advance(1);

  expect(before.returned).toEqual([]);
  expect(await queue.returnLost()).toMatchObject({ workers: [], returned: [{ id: "a" }] });
});

describe("a worker without heartbeats", () => {
  test("is lost after three missed heartbeats of 30 seconds, not before", async () => {
    const { clock, queue } = setUp();
    await queue.register(worker);
    await queue.publish("a", job);
    await queue.claim("w", null);
    await queue.setStatus("a", "InProgress", null);
    clock.advance(89_999);
    const before = await queue.returnLost();
    clock.advance(1);
    const after = await queue.returnLost();

    expect(before.workers).toEqual([]);
    expect(after.workers).toMatchObject([{ id: "w", status: "offline" }]);
    expect(after.returned).toMatchObject([{ id: "a", status: "Pending", retries: 1 }]);
  });

  test("doesn't become lost while the control plane is down", async () => {
    const { clock, queue, store } = setUp();
    await queue.register(worker);
    clock.advance(3_600_000);
    const events = createQueueEvents();
    const restarted = new Queue({ store, clock, events, nodeId: "node", rules: defaultRules });
    clock.advance(89_999);
    expect((await restarted.returnLost()).workers).toEqual([]);
    clock.advance(1);
    expect((await restarted.returnLost()).workers).toHaveLength(1);
  });

  test("is logged once", async () => {
    const { clock, queue } = setUp();
    const lines: string[] = [];
    const logger = pino({ base: null }, { write: (line) => void lines.push(line) });
    using lost = new LostWorkers(queue, logger, 60_000);
    await queue.register(worker);
    await queue.publish("a", job);
    await queue.claim("w", null);
    clock.advance(90_000);
    await lost.look();
    await lost.look();

    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { level: 40, msg: "worker lost", worker_id: "w" },
      { level: 40, msg: "job taken back", job_id: "a", retry_count: 1, status: "Pending" },
    ]);
  });

  test("is checked for endlessly, and a failed check is logged once", async () => {
    const { queue } = setUp();
    const lines: string[] = [];
    const logger = pino({ base: null }, { write: (line) => void lines.push(line) });
    vi.spyOn(queue, "returnLost").mockRejectedValue(new Error("no disk"));
    using lost = new LostWorkers(queue, logger, 60_000);
    await lost.look();
    await lost.look();

    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain("no disk");
  });

  test("doesn't become lost while the store fails", async () => {
    const { clock, queue } = setUp();
    const asked = vi.spyOn(queue, "returnLost").mockRejectedValueOnce(new Error("away"));
    using lost = new LostWorkers(queue, pino({ enabled: false }), 60_000);
    await queue.register(worker);
    clock.advance(3_600_000);
    await lost.look();
    expect((await queue.worker("w")).status).toBe("online");
    expect(asked).toHaveBeenCalledTimes(1);
    clock.advance(89_999);
    await lost.look();
    expect((await queue.worker("w")).status).toBe("online");
    clock.advance(1);
    await lost.look();
    expect((await queue.worker("w")).status).toBe("offline");
  });

  test("doesn't become lost while the store hangs", async () => {
    const { clock, queue } = setUp();
    let now = 0;
    const clockOfProcess = vi.spyOn(performance, "now").mockImplementation(() => now);
    onTestFinished(() => clockOfProcess.mockRestore());
    vi.spyOn(queue, "returnLost").mockImplementationOnce(async () => {
      now += 60_000;
      clock.advance(60_000);
      return { workers: [], returned: [] };
    });
    await queue.register(worker);
    using lost = new LostWorkers(queue, pino({ enabled: false }), 9_000);
    await lost.look();
    clock.advance(89_999);
    expect((await queue.returnLost()).workers).toEqual([]);
    clock.advance(1);
    expect((await queue.returnLost()).workers).toHaveLength(1);
  });
});
