import { expect, test } from "vitest";
import { codeOf, type TestLedger } from "./test-ledger.ts";

/** How jobs get into a ledger. */
export function publishingContract(ledger: TestLedger): void {
  test("adds a job at the end of the queue", async () => {
    const first = await ledger.publish("a");
    const second = await ledger.publish("b");

    expect(first).toMatchObject({ id: "a", status: "Pending", payload: '{"id":1}', claims: 0 });
    expect(first).toMatchObject({ createdAt: 1_000, updatedAt: 1_000, requestId: "request-1" });
    expect(second.sequence).toBeGreaterThan(first.sequence);
    expect(await ledger.store.read("job", "a")).toEqual(first);
  });

  test("the same again changes nothing, whatever became of the job", async () => {
    await ledger.publish("a");
    await ledger.claim();
    await ledger.setStatus("a", "Completed");
    const before = await ledger.store.read("job", "a");
    const again = await ledger.store.write("publish", "a", {
      payload: '{ "id": 1 }',
      workerTypes: [],
      requestId: "request-2",
      now: 9_000,
    });

    expect(again).toEqual({ ok: { job: before, added: false } });
    expect(await ledger.store.read("job", "a")).toEqual(before);
  });

  test("another payload under the same id is refused", async () => {
    await ledger.publish("a");
    const other = { payload: '{"id":2}', workerTypes: [], requestId: "r", now: 1_000 };
    expect(codeOf(await ledger.store.write("publish", "a", other))).toBe("JOB_CONFLICT");
    expect((await ledger.store.read("job", "a"))?.payload).toBe('{"id":1}');
  });

  test("without an id takes the next number that is free, also as the payload's id", async () => {
    await ledger.publish("job-2");
    const next = { workerTypes: [], requestId: "r", now: 1_000 };
    const first = await ledger.store.write("publishNext", { ...next, payload: '{"url":"u"}' });
    const third = await ledger.store.write("publishNext", { ...next, payload: "{}" });

    expect([first.id, first.payload]).toEqual(["job-1", '{"id":1,"url":"u"}']);
    expect([third.id, third.payload]).toEqual(["job-3", '{"id":3}']);
  });
}
