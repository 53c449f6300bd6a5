import { expect, test } from "vitest";
import type { TestLedger } from "./test-ledger.ts";

/** How a ledger hands out jobs. */
export function claimingContract(ledger: TestLedger): void {
  test("hands out the oldest job first, each once, and then nothing", async () => {
    for (const id of ["c", "a", "b"]) {
      await ledger.publish(id);
    }
    const claimed = [
      await ledger.claim(),
      await ledger.claim(),
      await ledger.claim(),
      await ledger.claim(),
    ];

    expect(claimed.map((job) => job?.id)).toEqual(["c", "a", "b", undefined]);
    expect(claimed[0]).toMatchObject({ status: "Claimed", claimedBy: "node", workerId: null });
    expect(claimed[0]).toMatchObject({ updatedAt: 2_000, claims: 1 });
  });

  test("hands out each of many jobs once to concurrent claims", async () => {
    const ids = Array.from({ length: 200 }, (_, index) => `job-${index}`);
    await Promise.all(ids.map((id) => ledger.publish(id)));
    const claimed = await Promise.all(Array.from({ length: 250 }, () => ledger.claim()));
    const got = claimed.flatMap((job) => (job === null ? [] : [job.id]));

    expect(got.toSorted()).toEqual(ids.toSorted());
  });

  test("by type skips jobs for other types, and accepts those for all", async () => {
    await ledger.publish("fire", ["firecracker"]);
    await ledger.publish("any");
    await ledger.publish("both", ["wasm", "firecracker"]);
    await ledger.publish("wasm", ["wasm"]);

    expect((await ledger.claim(null, "wasm"))?.id).toBe("any");
    expect((await ledger.claim(null, "wasm"))?.id).toBe("both");
    expect((await ledger.claim(null, "firecracker"))?.id).toBe("fire");
    expect(await ledger.claim(null, "firecracker")).toBeNull();
    expect((await ledger.claim())?.id).toBe("wasm");
  });

  test("for a worker uses the worker's type, and records its name", async () => {
    await ledger.register("w", { type: "firecracker" });
    await ledger.publish("wasm", ["wasm"]);
    await ledger.publish("fire", ["firecracker"]);

    expect(await ledger.claim("w")).toMatchObject({ id: "fire", workerId: "w", claimedBy: "w" });
    expect(await ledger.store.read("worker", "w")).toMatchObject({ activeJobs: 1 });
  });

  test("also works for an unknown worker, and for the requested type", async () => {
    await ledger.register("w");
    await ledger.publish("fire", ["firecracker"]);
    await ledger.publish("any");

    expect(await ledger.claim("w", "firecracker")).toMatchObject({ id: "fire", workerId: "w" });
    expect(await ledger.claim("x")).toMatchObject({ id: "any", workerId: "x", claimedBy: "x" });
  });
}
