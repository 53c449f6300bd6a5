import { expect, test } from "vitest";
import type { TestLedger } from "./test-ledger.ts";

/** How a ledger keeps workers. */
export function workersContract(ledger: TestLedger): void {
  test("return their jobs and get none once they are drained", async () => {
    await ledger.register("w");
    await ledger.publish("a");
    await ledger.publish("b");
    await ledger.claim("w");
    await ledger.setStatus("a", "InProgress");
    const drained = await ledger.store.write("drain", "w", 3, 5_000);

    expect(drained.worker).toMatchObject({ status: "draining", activeJobs: 0 });
    expect(drained.returned).toMatchObject([
      {
        id: "a",
        status: "Pending",
        retries: 1,
        claimedBy: null,
        workerId: null,
        startedAt: null,
      },
    ]);
    expect(await ledger.claim("w")).toBeNull();
    expect((await ledger.claim())?.id).toBe("a");
  });

  test("are online again after a heartbeat", async () => {
    await ledger.register("w");
    await ledger.returnLost({ heartbeat: 1_000 });
    const capacity = { cpuCores: null, memoryMb: null };
    const worker = await ledger.store.write("heartbeat", "w", capacity, 9_500);
    expect(worker?.status).toBe("online");
  });

  test("return their jobs when they restart", async () => {
    await ledger.register("w");
    await ledger.publish("a");
    await ledger.claim("w");

    expect(await ledger.register("w", { now: 6_000 })).toMatchObject([{ id: "a", retries: 1 }]);
    expect(await ledger.store.read("worker", "w")).toMatchObject({
      registeredAt: 6_000,
      activeJobs: 0,
    });
  });

  test("are limited in number", async () => {
    await ledger.register("w1", { maxWorkers: 1 });
    await ledger.register("w1", { maxWorkers: 1 });
    await expect(ledger.register("w2", { maxWorkers: 1 })).rejects.toThrow("LIMIT_REACHED");
    expect(await ledger.store.read("workers")).toHaveLength(1);
  });

  test("make room for new ones once lost, and are forgotten after a while", async () => {
    await ledger.register("old", { now: 1_000 });
    await ledger.register("older", { now: 500 });
    await ledger.register("living", { now: 9_000 });
    await ledger.returnLost({ heartbeat: 1_000 });
    await ledger.register("new", { maxWorkers: 3, now: 9_000 });
    const afterwards = await ledger.store.read("workers");
    await ledger.returnLost({ heartbeat: 1_000, forgotten: 1_000 });

    expect(afterwards.map(({ id }) => id).toSorted()).toEqual(["living", "new", "old"]);
    expect((await ledger.store.read("workers")).map(({ id }) => id).toSorted()).toEqual([
      "living",
      "new",
    ]);
  });

  test("can't send heartbeats if unknown, and return their jobs when drained", async () => {
    await ledger.publish("a");
    await ledger.claim("x");
    expect(await ledger.store.write("heartbeat", "x", { cpuCores: 1, memoryMb: 1 }, 1)).toBeNull();
    expect(await ledger.store.write("drain", "x", 3, 1)).toMatchObject({
      worker: null,
      returned: [{ id: "a", retries: 1 }],
    });
    expect(await ledger.store.read("workers")).toEqual([]);
  });
}
