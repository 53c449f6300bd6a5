import { expect, test } from "vitest";
import { codeOf, ok, type TestLedger } from "./test-ledger.ts";

/** The states of a job. */
export function statesContract(ledger: TestLedger): void {
  test("lead to the end, which names who completed it", async () => {
    await ledger.register("w");
    await ledger.publish("a");
    await ledger.claim("w");
    const running = ok(await ledger.setStatus("a", "InProgress")).job;
    const done = ok(await ledger.setStatus("a", "Completed")).job;

    expect(running).toMatchObject({ status: "InProgress", startedAt: 3_000, claimedBy: "w" });
    expect(done).toMatchObject({ status: "Completed", completedBy: "w", error: null });
    expect(await ledger.store.read("worker", "w")).toMatchObject({
      activeJobs: 0,
      jobsCompleted: 1,
    });
  });

  test.each(["Completed", "Failed"] as const)("%s is final, and may be set again", async (end) => {
    await ledger.publish("a");
    await ledger.claim();
    await ledger.setStatus("a", end, "why");
    const before = await ledger.store.read("job", "a");
    const codes = [];
    for (const status of ["Pending", "Claimed", "InProgress", "Completed", "Failed"] as const) {
      codes.push(codeOf(await ledger.setStatus("a", status, "other")));
    }

    const others = ["JOB_ENDED", "JOB_ENDED", "JOB_ENDED"];
    expect(codes).toEqual(
      end === "Completed"
        ? [...others, "accepted", "JOB_ENDED"]
        : [...others, "JOB_ENDED", "accepted"],
    );
    expect(await ledger.store.read("job", "a")).toEqual(before);
  });

  test("Failed keeps the reason", async () => {
    await ledger.publish("a");
    expect(ok(await ledger.setStatus("a", "Failed", "no luck")).job.error).toBe("no luck");
  });

  test("Pending returns a job, and whoever had it can't start it anymore", async () => {
    await ledger.publish("a");
    await ledger.claim();
    const back = ok(await ledger.setStatus("a", "Pending")).job;

    expect(back).toMatchObject({ status: "Pending", claimedBy: null, retries: 0 });
    expect(codeOf(await ledger.setStatus("a", "InProgress"))).toBe("JOB_TAKEN_BACK");
    expect((await ledger.claim())?.id).toBe("a");
  });

  test("of an unknown job are refused", async () => {
    expect(codeOf(await ledger.setStatus("x", "Completed"))).toBe("JOB_NOT_FOUND");
  });
}
