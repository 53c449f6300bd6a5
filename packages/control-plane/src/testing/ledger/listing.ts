import { expect, test } from "vitest";
import type { TestLedger } from "./test-ledger.ts";

/** How a ledger lists its jobs. */
export function listingContract(ledger: TestLedger): void {
  test("lists and counts", async () => {
    for (const id of ["a", "b", "c"]) {
      await ledger.publish(id);
    }
    await ledger.claim();
    await ledger.setStatus("b", "Failed");
    const [first] = await ledger.store.read("jobs", { limit: 1 });
    const rest = await ledger.store.read("jobs", { after: first?.sequence, limit: 10 });
    const pending = await ledger.store.read("jobs", { status: "Pending", limit: 10 });

    expect([first?.id, rest.map(({ id }) => id)]).toEqual(["a", ["b", "c"]]);
    expect(pending.map(({ id }) => id)).toEqual(["c"]);
    expect((await ledger.store.read("newestJobs", 2)).map(({ id }) => id)).toEqual(["c", "b"]);
    expect(await ledger.store.read("counts")).toEqual({
      Pending: 1,
      Claimed: 1,
      InProgress: 0,
      Completed: 0,
      Failed: 1,
    });
    expect(await ledger.store.read("job", "x")).toBeUndefined();
  });
}
