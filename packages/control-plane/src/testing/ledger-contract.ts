import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { LostBefore, Registration } from "../queue/ledger-requests.ts";
import type { Outcome } from "../queue/outcome.ts";
import type { Job, WorkerType, WorkerView } from "../queue/types.ts";
import type { Store } from "../store/store.ts";

/** A store of a test's own. */
export interface StoreUnderTest {
  open(): Promise<Store>;
  cleanUp(): Promise<void>;
}

function ok<T>(outcome: Outcome<T>): T {
  if ("refused" in outcome) {
    throw new Error(`refused: ${outcome.refused.code}`);
  }
  return outcome.ok;
}

function codeOf(outcome: Outcome<unknown>): string {
  return "refused" in outcome ? outcome.refused.code : "accepted";
}

/** What a ledger does, whatever its tables are. */
export function ledgerContract(name: string, create: () => StoreUnderTest): void {
  let underTest: StoreUnderTest;
  let store: Store;

  beforeEach(async () => {
    underTest = create();
    store = await underTest.open();
  });

  afterEach(async () => {
    await store.close();
    await underTest.cleanUp();
  });

  async function publish(id: string, workerTypes: readonly WorkerType[] = []): Promise<Job> {
    const publication = { payload: `{"id":1}`, workerTypes, requestId: "request-1", now: 1_000 };
    return ok(await store.write("publish", id, publication)).job;
  }

  async function claim(
    workerId: string | null = null,
    workerType: WorkerType | null = null,
    now = 2_000,
  ): Promise<Job | null> {
    return ok(await store.write("claim", { workerId, workerType, nodeId: "node", now }));
  }

  function setStatus(
    id: string,
    status: Job["status"],
    error: string | null = null,
  ): Promise<Outcome<{ readonly job: Job; readonly changed: boolean }>> {
    return store.write("setStatus", { id, status, error, nodeId: "node", now: 3_000 });
  }

  function report(id: string, status: "Request" | "Parse" | "Done" | "Error"): Promise<Job | null> {
    return store.write("report", { id, status, url: "u", urlsLeft: 2, nodeId: "node", now: 4_000 });
  }

  function returnLost(
    before: Partial<LostBefore>,
  ): Promise<{ readonly workers: readonly WorkerView[]; readonly returned: readonly Job[] }> {
    const none = { heartbeat: 0, forgotten: 0, unbegun: 0, unowned: 0 };
    return store.write("returnLost", { ...none, maxRetries: 3, now: 10_000, ...before });
  }

  async function register(id: string, change: Partial<Registration> = {}): Promise<readonly Job[]> {
    const registration: Registration = {
      id,
      type: "wasm",
      name: id,
      cpuCores: 2,
      memoryMb: 512,
      metadata: "{}",
      maxRetries: 3,
      maxWorkers: 10,
      now: 1_000,
      ...change,
    };
    return ok(await store.write("register", registration)).returned;
  }

  describe(`${name}: publishing`, () => {
    test("adds a job at the end of the queue", async () => {
      const first = await publish("a");
      const second = await publish("b");

      expect(first).toMatchObject({ id: "a", status: "Pending", payload: '{"id":1}', claims: 0 });
      expect(first).toMatchObject({ createdAt: 1_000, updatedAt: 1_000, requestId: "request-1" });
      expect(second.sequence).toBeGreaterThan(first.sequence);
      expect(await store.read("job", "a")).toEqual(first);
    });

    test("the same again changes nothing, whatever became of the job", async () => {
      await publish("a");
      await claim();
      await setStatus("a", "Completed");
      const before = await store.read("job", "a");
      const again = await store.write("publish", "a", {
        payload: '{ "id": 1 }',
        workerTypes: [],
        requestId: "request-2",
        now: 9_000,
      });

      expect(again).toEqual({ ok: { job: before, added: false } });
      expect(await store.read("job", "a")).toEqual(before);
    });

    test("another payload under the same id is refused", async () => {
      await publish("a");
      const other = { payload: '{"id":2}', workerTypes: [], requestId: "r", now: 1_000 };
      expect(codeOf(await store.write("publish", "a", other))).toBe("JOB_CONFLICT");
      expect((await store.read("job", "a"))?.payload).toBe('{"id":1}');
    });

    test("without an id takes the next number that is free, also as the payload's id", async () => {
      await publish("job-2");
      const next = { workerTypes: [], requestId: "r", now: 1_000 };
      const first = await store.write("publishNext", { ...next, payload: '{"url":"u"}' });
      const third = await store.write("publishNext", { ...next, payload: "{}" });

      expect([first.id, first.payload]).toEqual(["job-1", '{"id":1,"url":"u"}']);
      expect([third.id, third.payload]).toEqual(["job-3", '{"id":3}']);
    });
  });

  describe(`${name}: claiming`, () => {
    test("hands out the oldest first, each once, and then nothing", async () => {
      for (const id of ["c", "a", "b"]) {
        await publish(id);
      }
      const claimed = [await claim(), await claim(), await claim(), await claim()];

      expect(claimed.map((job) => job?.id)).toEqual(["c", "a", "b", undefined]);
      expect(claimed[0]).toMatchObject({ status: "Claimed", claimedBy: "node", workerId: null });
      expect(claimed[0]).toMatchObject({ updatedAt: 2_000, claims: 1 });
    });

    test("hands out each of many jobs once to claims that come at once", async () => {
      const ids = Array.from({ length: 200 }, (_, index) => `job-${index}`);
      await Promise.all(ids.map((id) => publish(id)));
      const claimed = await Promise.all(Array.from({ length: 250 }, () => claim()));
      const got = claimed.flatMap((job) => (job === null ? [] : [job.id]));

      expect(got.toSorted()).toEqual(ids.toSorted());
    });

    test("by type skips jobs for others, and takes those for all", async () => {
      await publish("fire", ["firecracker"]);
      await publish("any");
      await publish("both", ["wasm", "firecracker"]);
      await publish("wasm", ["wasm"]);

      expect((await claim(null, "wasm"))?.id).toBe("any");
      expect((await claim(null, "wasm"))?.id).toBe("both");
      expect((await claim(null, "firecracker"))?.id).toBe("fire");
      expect(await claim(null, "firecracker")).toBeNull();
      expect((await claim())?.id).toBe("wasm");
    });

    test("for a worker goes by the worker's type and names it", async () => {
      await register("w", { type: "firecracker" });
      await publish("wasm", ["wasm"]);
      await publish("fire", ["firecracker"]);

      expect(await claim("w")).toMatchObject({ id: "fire", workerId: "w", claimedBy: "w" });
      expect(await store.read("worker", "w")).toMatchObject({ activeJobs: 1 });
    });

    test("for a worker that is unknown, or of another type, is refused", async () => {
      await register("w");
      const base = { nodeId: "node", now: 1_000 };
      const unknown = await store.write("claim", { ...base, workerId: "x", workerType: null });
      const other = await store.write("claim", {
        ...base,
        workerId: "w",
        workerType: "firecracker",
      });

      expect([codeOf(unknown), codeOf(other)]).toEqual([
        "WORKER_NOT_FOUND",
        "WORKER_TYPE_CONFLICT",
      ]);
    });
  });

  describe(`${name}: states`, () => {
    test("go through to the end, which names who completed it", async () => {
      await register("w");
      await publish("a");
      await claim("w");
      const running = ok(await setStatus("a", "InProgress")).job;
      const done = ok(await setStatus("a", "Completed")).job;

      expect(running).toMatchObject({ status: "InProgress", startedAt: 3_000, claimedBy: "w" });
      expect(done).toMatchObject({ status: "Completed", completedBy: "w", error: null });
      expect(await store.read("worker", "w")).toMatchObject({ activeJobs: 0, jobsCompleted: 1 });
    });

    test.each(["Completed", "Failed"] as const)(
      "%s is final, and may be said again",
      async (end) => {
        await publish("a");
        await claim();
        await setStatus("a", end, "why");
        const before = await store.read("job", "a");
        const codes = [];
        for (const status of ["Pending", "Claimed", "InProgress", "Completed", "Failed"] as const) {
          codes.push(codeOf(await setStatus("a", status, "other")));
        }

        const others = ["JOB_ENDED", "JOB_ENDED", "JOB_ENDED"];
        expect(codes).toEqual(
          end === "Completed"
            ? [...others, "accepted", "JOB_ENDED"]
            : [...others, "JOB_ENDED", "accepted"],
        );
        expect(await store.read("job", "a")).toEqual(before);
      },
    );

    test("Failed keeps the reason", async () => {
      await publish("a");
      expect(ok(await setStatus("a", "Failed", "no luck")).job.error).toBe("no luck");
    });

    test("Pending hands a job back, and who had it can't start it any more", async () => {
      await publish("a");
      await claim();
      const back = ok(await setStatus("a", "Pending")).job;

      expect(back).toMatchObject({ status: "Pending", claimedBy: null, retries: 0 });
      expect(codeOf(await setStatus("a", "InProgress"))).toBe("JOB_TAKEN_BACK");
      expect((await claim())?.id).toBe("a");
    });

    test("of an unknown job are refused", async () => {
      expect(codeOf(await setStatus("x", "Completed"))).toBe("JOB_NOT_FOUND");
    });
  });

  describe(`${name}: reports`, () => {
    test("move a job along, keep the progress, and leave its end alone", async () => {
      await publish("job-1");
      const states = [];
      for (const status of ["Request", "Parse", "Done", "Request", "Error", "Done"] as const) {
        states.push((await report("job-1", status))?.status);
      }

      expect(states).toEqual([
        "InProgress",
        "InProgress",
        "Completed",
        "Completed",
        "Completed",
        "Completed",
      ]);
      expect((await store.read("job", "job-1"))?.progress).toEqual({
        status: "Done",
        url: "u",
        urlsLeft: 2,
        reports: 6,
        at: 4_000,
      });
    });

    test("of an error fail the job with a reason", async () => {
      await publish("job-1");
      expect(await report("job-1", "Error")).toMatchObject({
        status: "Failed",
        error: "The workflow reported an error at u.",
      });
    });

    test("do not take a job out of the queue that was taken back", async () => {
      await register("w");
      await publish("job-1");
      await claim("w");
      await store.write("drain", "w", 3, 3_000);

      expect(await report("job-1", "Request")).toMatchObject({ status: "Pending" });
      expect(await claim()).toMatchObject({ id: "job-1", progress: { reports: 1 } });
    });

    test("about no job change nothing", async () => {
      expect(await report("job-9", "Done")).toBeNull();
    });
  });

  describe(`${name}: workers`, () => {
    test("that are drained give back their jobs, and get none", async () => {
      await register("w");
      await publish("a");
      await publish("b");
      await claim("w");
      await setStatus("a", "InProgress");
      const drained = ok(await store.write("drain", "w", 3, 5_000));

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
      expect(await claim("w")).toBeNull();
      expect((await claim())?.id).toBe("a");
    });

    test("that are lost give back their jobs, and fail them after too many times", async () => {
      await publish("a");
      const states = [];
      for (let round = 1; round <= 3; round += 1) {
        await register(`w${round}`, { now: round * 1_000 });
        await claim(`w${round}`);
        const lost = await returnLost({ heartbeat: round * 1_000, maxRetries: 2 });
        states.push([lost.workers.map(({ id, status }) => [id, status]), lost.returned[0]?.status]);
      }

      expect(states).toEqual([
        [[["w1", "offline"]], "Pending"],
        [[["w2", "offline"]], "Pending"],
        [[["w3", "offline"]], "Failed"],
      ]);
      expect(await store.read("job", "a")).toMatchObject({
        retries: 2,
        claims: 3,
        error:
          "The worker w3 was not heard of any more. The job was handed out 3 times in vain, and is not handed out again.",
      });
    });

    test("that were heard of in time keep theirs", async () => {
      await register("w");
      await publish("a");
      await claim("w");
      await store.write("heartbeat", "w", { cpuCores: null, memoryMb: 1_024 }, 5_000);
      const lost = await returnLost({ heartbeat: 4_999, unowned: 4_999 });

      expect(lost).toEqual({ workers: [], returned: [] });
      expect(await store.read("worker", "w")).toMatchObject({
        status: "online",
        lastHeartbeat: 5_000,
        cpuCores: 2,
        memoryMb: 1_024,
        activeJobs: 1,
      });
    });

    test("that are heard of again are online again", async () => {
      await register("w");
      await returnLost({ heartbeat: 1_000 });
      const worker = ok(
        await store.write("heartbeat", "w", { cpuCores: null, memoryMb: null }, 9_500),
      );
      expect(worker.status).toBe("online");
    });

    test("that start anew give back what they had", async () => {
      await register("w");
      await publish("a");
      await claim("w");

      expect(await register("w", { now: 6_000 })).toMatchObject([{ id: "a", retries: 1 }]);
      expect(await store.read("worker", "w")).toMatchObject({ registeredAt: 6_000, activeJobs: 0 });
    });

    test("may be only so many", async () => {
      await register("w1", { maxWorkers: 1 });
      await register("w1", { maxWorkers: 1 });
      await expect(register("w2", { maxWorkers: 1 })).rejects.toThrow("LIMIT_REACHED");
      expect(await store.read("workers")).toHaveLength(1);
    });

    test("that are gone make room for new ones, and are forgotten after a while", async () => {
      await register("old", { now: 1_000 });
      await register("older", { now: 500 });
      await register("living", { now: 9_000 });
      await returnLost({ heartbeat: 1_000 });
      await register("new", { maxWorkers: 3, now: 9_000 });
      const afterwards = await store.read("workers");
      await returnLost({ heartbeat: 1_000, forgotten: 1_000 });

      expect(afterwards.map(({ id }) => id).toSorted()).toEqual(["living", "new", "old"]);
      expect((await store.read("workers")).map(({ id }) => id).toSorted()).toEqual([
        "living",
        "new",
      ]);
    });

    test("that are unknown can't be drained or heard of", async () => {
      const heard = await store.write("heartbeat", "x", { cpuCores: null, memoryMb: null }, 1);
      expect(codeOf(heard)).toBe("WORKER_NOT_FOUND");
      expect(codeOf(await store.write("drain", "x", 3, 1))).toBe("WORKER_NOT_FOUND");
    });
  });

  test(`${name}: jobs that were claimed and not begun are taken back, though the worker lives`, async () => {
    await register("w");
    await publish("lost");
    await publish("begun");
    await publish("late");
    await claim("w", null, 2_000);
    await claim("w", null, 2_000);
    await claim("w", null, 3_500);
    await setStatus("begun", "InProgress");
    const lost = await returnLost({ unbegun: 3_000 });

    expect(lost.returned).toMatchObject([{ id: "lost", status: "Pending", retries: 1 }]);
    expect(await store.read("worker", "w")).toMatchObject({ status: "online", activeJobs: 2 });
  });

  test(`${name}: jobs that nobody registered lets lie are taken back`, async () => {
    await publish("a");
    await publish("b");
    await claim(null, null, 2_000);
    await claim(null, null, 3_000);
    const lost = await returnLost({ unowned: 2_000 });

    expect(lost.returned.map(({ id }) => id)).toEqual(["a"]);
    expect((await store.read("job", "b"))?.status).toBe("Claimed");
  });

  test(`${name}: lists and counts`, async () => {
    for (const id of ["a", "b", "c"]) {
      await publish(id);
    }
    await claim();
    await setStatus("b", "Failed");
    const [first] = await store.read("jobs", { limit: 1 });
    const rest = await store.read("jobs", { after: first?.sequence, limit: 10 });
    const pending = await store.read("jobs", { status: "Pending", limit: 10 });

    expect([first?.id, rest.map(({ id }) => id)]).toEqual(["a", ["b", "c"]]);
    expect(pending.map(({ id }) => id)).toEqual(["c"]);
    expect((await store.read("newestJobs", 2)).map(({ id }) => id)).toEqual(["c", "b"]);
    expect(await store.read("counts")).toEqual({
      Pending: 1,
      Claimed: 1,
      InProgress: 0,
      Completed: 0,
      Failed: 1,
    });
    expect(await store.read("job", "x")).toBeUndefined();
  });
}
