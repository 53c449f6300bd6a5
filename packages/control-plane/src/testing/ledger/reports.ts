import { expect, test } from "vitest";
import type { TestLedger } from "./test-ledger.ts";

/** How workflow reports change jobs. */
export function reportsContract(ledger: TestLedger): void {
  test("update a job, store the progress, and don't change its end", async () => {
    await ledger.publish("job-1");
    const states = [];
    for (const status of ["Request", "Parse", "Done", "Request", "Error", "Done"] as const) {
      states.push((await ledger.report("job-1", status))?.status);
    }

    expect(states).toEqual([
      "InProgress",
      "InProgress",
      "Completed",
      "Completed",
      "Completed",
      "Completed",
    ]);
    expect((await ledger.store.read("job", "job-1"))?.progress).toEqual({
      status: "Done",
      url: "u",
      urlsLeft: 2,
      reports: 6,
      at: 4_000,
    });
  });

  test("of an error fail the job with a reason", async () => {
    await ledger.publish("job-1");
    expect(await ledger.report("job-1", "Error")).toMatchObject({
      status: "Failed",
      error: "The workflow reported an error at u.",
    });
  });

  test("don't remove a job from the queue that was taken back", async () => {
    await ledger.register("w");
    await ledger.publish("job-1");
    await ledger.claim("w");
    await ledger.store.write("drain", "w", 3, 3_000);

    expect(await ledger.report("job-1", "Request")).toMatchObject({ status: "Pending" });
    expect(await ledger.claim()).toMatchObject({ id: "job-1", progress: { reports: 1 } });
  });

  test("about an unknown job change nothing", async () => {
    expect(await ledger.report("job-9", "Done")).toBeNull();
  });
}
