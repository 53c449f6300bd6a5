import { expect, test } from "vitest";
import type { TestLedger } from "./test-ledger.ts";

/** When a ledger takes back neglected jobs. */
export function lostJobsContract(ledger: TestLedger): void {
  test("of lost workers are taken back, and fail after too many times", async () => {
    await ledger.publish("a");
    const states = [];
    for (let round = 1; round <= 3; round += 1) {
      await ledger.register(`w${round}`, { now: round * 1_000 });
      await ledger.claim(`w${round}`);
      const lost = await ledger.returnLost({ heartbeat: round * 1_000, maxRetries: 2 });
      states.push([lost.workers.map(({ id, status }) => [id, status]), lost.returned[0]?.status]);
    }

    expect(states).toEqual([
      [[["w1", "offline"]], "Pending"],
      [[["w2", "offline"]], "Pending"],
      [[["w3", "offline"]], "Failed"],
    ]);
    expect(await ledger.store.read("job", "a")).toMatchObject({
      retries: 2,
      claims: 3,
      error:
        "The worker w3 stopped sending heartbeats. The job was handed out 3 times without being done, and is not handed out again.",
    });
  });

  test("of workers with timely heartbeats stay theirs", async () => {
    await ledger.register("w");
    await ledger.publish("a");
    await ledger.claim("w");
    await ledger.store.write("heartbeat", "w", { cpuCores: null, memoryMb: 1_024 }, 5_000);
    const lost = await ledger.returnLost({ heartbeat: 4_999, unowned: 4_999 });

    expect(lost).toEqual({ workers: [], returned: [] });
    expect(await ledger.store.read("worker", "w")).toMatchObject({
      status: "online",
      lastHeartbeat: 5_000,
      cpuCores: 2,
      memoryMb: 1_024,
      activeJobs: 1,
    });
  });

  test("that were claimed and not started are taken back, although the worker is alive", async () => {
    await ledger.register("w");
    await ledger.publish("lost");
    await ledger.publish("begun");
    await ledger.publish("late");
    await ledger.claim("w", null, 2_000);
    await ledger.claim("w", null, 2_000);
    await ledger.claim("w", null, 3_500);
    await ledger.setStatus("begun", "InProgress");
    const lost = await ledger.returnLost({ unbegun: 3_000 });

    expect(lost.returned).toMatchObject([{ id: "lost", status: "Pending", retries: 1 }]);
    expect(await ledger.store.read("worker", "w")).toMatchObject({
      status: "online",
      activeJobs: 2,
    });
  });

  test("of a worker that never registered are taken back like those of unnamed callers", async () => {
    await ledger.register("w");
    for (const id of ["unknown", "known"]) {
      await ledger.publish(id);
    }
    await ledger.claim("x", null, 2_000);
    await ledger.claim("w", null, 2_000);
    const lost = await ledger.returnLost({ unowned: 2_000 });

    expect(lost.returned.map(({ id }) => id)).toEqual(["unknown"]);
  });

  test("neglected by unregistered workers are taken back", async () => {
    await ledger.publish("a");
    await ledger.publish("b");
    await ledger.claim(null, null, 2_000);
    await ledger.claim(null, null, 3_000);
    const lost = await ledger.returnLost({ unowned: 2_000 });

    expect(lost.returned.map(({ id }) => id)).toEqual(["a"]);
    expect((await ledger.store.read("job", "b"))?.status).toBe("Claimed");
  });
}
