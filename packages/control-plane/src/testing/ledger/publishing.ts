import { expect, test } from "vitest";
import { codeOf, ok, type TestLedger } from "./test-ledger.ts";

/** How jobs enter a ledger. */
export function publishingContract(ledger: TestLedger): void {
  test("adds a job at the end of the queue", async () => {
    const first = await ledger.publish("a");
    const second = await ledger.publish("b");

    expect(first).toMatchObject({ id: "a", status: "Pending", payload: '{"id":1}', claims: 0 });
    expect(first).toMatchObject({ createdAt: 1_000, updatedAt: 1_000, requestId: "request-1" });
    expect(second.sequence).toBeGreaterThan(first.sequence);
    expect(await ledger.store.read("job", "a")).toEqual(first);
  });

  test("the same job again changes nothing, whatever its state", async () => {
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

  test("another payload under the same id replaces the job on request", async () => {
    await ledger.publish("a", ["wasm"]);
    await ledger.publish("b");
    const other = { payload: '{"id":2}', workerTypes: [], requestId: "r", now: 1_000 };
    const { job, added } = ok(await ledger.store.write("publish", "a", other, true));
    const jobs = await ledger.store.read("jobs", { limit: 10 });

    expect(added).toBe(true);
    // Within the same second, workers would take it for the same job.
    expect(job).toMatchObject({ payload: '{"id":2}', workerTypes: [], createdAt: 2_000 });
    expect(jobs.map(({ id }) => id)).toEqual(["b", "a"]);
    expect(jobs[1]).toEqual(job);
    expect(await ledger.store.read("counts")).toMatchObject({ Pending: 2 });
  });

  test("a finished job can be replaced, one that somebody has or had can't", async () => {
    const other = { payload: '{"id":2}', workerTypes: [], requestId: "r", now: 9_000 };
    const replace = async (): Promise<string> =>
      codeOf(await ledger.store.write("publish", "a", other, true));
    await ledger.publish("a");
    await ledger.claim();
    const claimed = await replace();
    await ledger.setStatus("a", "Pending");
    const handedBack = await replace();
    await ledger.setStatus("a", "Failed");
    const ended = await replace();

    expect([claimed, handedBack, ended]).toEqual(["JOB_CONFLICT", "JOB_CONFLICT", "accepted"]);
    expect(await ledger.store.read("job", "a")).toMatchObject({
      status: "Pending",
      error: null,
      claims: 0,
      createdAt: 9_000,
    });
    expect(await ledger.store.read("counts")).toMatchObject({ Pending: 1, Failed: 0 });
  });

  test("without an id uses the next free number, also as the payload's id", async () => {
    await ledger.publish("job-2");
    const next = { workerTypes: [], requestId: "r", now: 1_000, from: 1, numberInPayload: true };
    const first = await ledger.store.write("publishNext", { ...next, payload: '{"url":"u"}' });
    const third = await ledger.store.write("publishNext", { ...next, payload: "{}" });

    expect([first.id, first.payload]).toEqual(["job-1", '{"id":1,"url":"u"}']);
    expect([third.id, third.payload]).toEqual(["job-3", '{"id":3}']);
  });

  test("uses each number once, from the lowest requested, and doesn't change payloads", async () => {
    const next = { payload: "[7]", workerTypes: [], requestId: "r", now: 1_000 };
    const ids: string[] = [];
    for (const from of [0, 1, 0]) {
      const numbered = { ...next, from, numberInPayload: false };
      const { id, payload } = await ledger.store.write("publishNext", numbered);
      ids.push(id);
      expect(payload).toBe("[7]");
    }
    expect(ids).toEqual(["job-0", "job-1", "job-2"]);
  });
}
