import { describe, expect, test } from "vitest";
import { FakeControlPlane } from "../testing/fake-cluster.ts";
import { startFlawless } from "../testing/fake-flawless.ts";
import { HeldSleep } from "../testing/held-sleep.ts";
import { refusal } from "../testing/server-answers.ts";
import { workerOf } from "../testing/worker-of.ts";

describe("a job", () => {
  test.each(["first", "second"] as const)(
    "is claimed, started under its key, and completed: %s form",
    async (form) => {
      await using plane = await FakeControlPlane.start(form);
      await using flawless = await startFlawless();
      plane.add(1);
      const { worker } = workerOf(plane, flawless, { id: "me" });
      void worker.run();
      await plane.until("job-1 Completed");
      expect(worker.id).toBe(form === "first" ? "me" : "w1");
      await worker.close();
      const registered = form === "first" ? [] : ["register"];
      const drained = form === "first" ? [] : ["drain"];
      expect(plane.events).toEqual([
        ...registered,
        "job-1 claimed",
        "job-1 InProgress",
        "job-1 Completed",
        ...drained,
      ]);
      const [started] = flawless.seen("POST /api/workflow/start");
      expect(started?.headers).toMatchObject({
        "idempotency-key": "job-1@1000",
        "x-request-id": "job-1",
        prefer: "respond-async",
      });
      expect(JSON.parse(started?.body.toString() ?? "")).toEqual({
        module: "crawler",
        version: "0.1.8",
        workflow: "start",
        input: '{"id":1,"url":"http://site/1"}',
        labels: { "control-plane:job": "job-1", "control-plane:url": plane.url },
      });
    },
  );

  test("is claimed for the registered worker and its type", async () => {
    await using plane = await FakeControlPlane.start("second");
    await using flawless = await startFlawless();
    plane.add(1);
    const { worker } = workerOf(plane, flawless);
    void worker.run();
    await plane.until("job-1 Completed");
    await worker.close();
    expect(plane.server.seen("POST /api/queue/claim")[0]?.path).toBe(
      "/api/queue/claim?worker_id=w1&worker_type=wasm",
    );
  });

  test("that was reassigned while it runs here runs once", async () => {
    await using plane = await FakeControlPlane.start("second");
    const job = plane.add(1);
    const gate = Promise.withResolvers<void>();
    let runs = 0;
    const run = async (): Promise<void> => {
      runs += 1;
      await gate.promise;
    };
    const { worker, log } = workerOf(plane, null, { run, concurrency: 2 });
    void worker.run();
    await plane.until("job-1 InProgress");
    job.status = "Pending";
    await plane.until("job-1 claimed", 2);
    plane.add(2);
    await plane.until("job-2 InProgress");
    gate.resolve();
    await plane.until("job-2 Completed");
    await worker.close();
    expect(runs).toBe(2);
    expect(plane.events.filter((event) => event === "job-1 Completed")).toHaveLength(1);
    expect(log.matching(/handed out again/)).toHaveLength(1);
  });

  test.each([
    [404, "JOB_NOT_FOUND"],
    [409, "JOB_TAKEN_BACK"],
  ])("that is gone by then (%i) is left alone", async (status, code) => {
    await using plane = await FakeControlPlane.start("second", {
      "POST /api/queue/status/job-1": refusal(status, code, "gone"),
    });
    await using flawless = await startFlawless();
    plane.add(1);
    plane.add(2);
    const { worker, log } = workerOf(plane, flawless);
    void worker.run();
    await plane.until("job-2 Completed");
    await worker.close();
    expect(flawless.seen("POST /api/workflow/start")).toHaveLength(1);
    expect(log.matching(/warn: .*InProgress.*gone.*left alone/)).toHaveLength(1);
  });

  test("runs even if mvm-ci doesn't set it to InProgress", async () => {
    await using plane = await FakeControlPlane.start("second", {
      "POST /api/queue/status/job-1": ({ body }) => {
        if (body.includes("InProgress")) return { status: 500, text: "Failed to update status" };
        plane.tell("job-1 told");
        return { text: "" };
      },
    });
    await using flawless = await startFlawless();
    plane.add(1);
    const { worker } = workerOf(plane, flawless);
    void worker.run();
    await plane.until("job-1 told");
    await worker.close();
    expect(flawless.seen("POST /api/workflow/start")).toHaveLength(1);
  });
});

describe("many jobs", () => {
  test("no more run at a time than `concurrency`", async () => {
    await using plane = await FakeControlPlane.start("second");
    for (let number = 1; number <= 12; number += 1) plane.add(number);
    let now = 0;
    let most = 0;
    const mayFill = (): boolean => now < 3 && plane.jobs.some(({ status }) => status === "Pending");
    const run = async (): Promise<void> => {
      now += 1;
      most = Math.max(most, now);
      // Each waits until the places are full, or nothing is left to fill them.
      while (mayFill()) {
        await new Promise((resolve) => void setImmediate(resolve));
      }
      now -= 1;
    };
    const { worker } = workerOf(plane, null, { run, concurrency: 3 });
    void worker.run();
    await Promise.all(plane.jobs.map(({ id }) => plane.until(`${id} Completed`)));
    await worker.close();
    expect(most).toBe(3);
    expect(worker.activeJobs).toBe(0);
  });

  test("two workers run each once", async () => {
    await using plane = await FakeControlPlane.start("second");
    await using flawless = await startFlawless();
    for (let number = 1; number <= 20; number += 1) plane.add(number);
    const workers = [workerOf(plane, flawless).worker, workerOf(plane, flawless).worker];
    for (const worker of workers) void worker.run();
    await Promise.all(plane.jobs.map(({ id }) => plane.until(`${id} Completed`)));
    await Promise.all(workers.map((worker) => worker.close()));
    const keys = flawless
      .seen("POST /api/workflow/start")
      .map(({ headers }) => headers["idempotency-key"]);
    expect(keys).toHaveLength(20);
    expect(new Set(keys).size).toBe(20);
  });
});

describe("waiting", () => {
  test.each([
    [0, 1500, 3750],
    [0.5, 2000, 5000],
    [1, 2500, 6250],
  ])(
    "2 s without a job and 5 s after an error, spread: random %d",
    async (random, idleMs, errorMs) => {
      await using plane = await FakeControlPlane.start("second", {
        "POST /api/queue/claim": [
          { status: 204, text: "" },
          { status: 503, text: "busy" },
        ],
      });
      const sleep = new HeldSleep(30_000, 8000, errorMs);
      const run = async (): Promise<void> => undefined;
      const { worker } = workerOf(plane, null, { run, random: () => random }, sleep);
      void worker.run();
      await sleep.pass(errorMs);
      await sleep.pass(errorMs);
      await worker.close();
      const waits = sleep.slept.filter((slept) => slept !== 30_000 && slept !== 8000);
      expect(waits.slice(0, 3)).toEqual([idleMs, errorMs, errorMs]);
    },
  );

  test("errors are logged when they begin, change and end", async () => {
    const busy = { status: 503, text: "busy" };
    await using plane = await FakeControlPlane.start("second", {
      "POST /api/queue/claim": [
        busy,
        busy,
        busy,
        { status: 500, text: "broken" },
        { status: 500, text: "broken" },
        { status: 204, text: "" },
      ],
    });
    const sleep = new HeldSleep(30_000, 8000, 2000);
    const run = async (): Promise<void> => undefined;
    const { worker, log } = workerOf(plane, null, { run }, sleep);
    void worker.run();
    await sleep.pass(2000);
    await worker.close();
    expect(log.matching(/Claiming jobs/)).toEqual([
      expect.stringMatching(/^warn: Claiming jobs fails: .*busy/),
      expect.stringMatching(/^warn: Claiming jobs fails: .*broken/),
      "info: Claiming jobs works again.",
    ]);
    expect(sleep.slept.filter((slept) => slept === 5000)).toHaveLength(5);
  });

  test("the error for a missing control plane has its address", async () => {
    const sleep = new HeldSleep(30_000, 8000, 5000);
    const run = async (): Promise<void> => undefined;
    const { worker, log } = workerOf({ url: "http://127.0.0.1:1" }, null, { run }, sleep);
    const running = worker.run();
    await sleep.pass(5000);
    await worker.close();
    await running;
    expect(log.matching(/Registering at http:\/\/127\.0\.0\.1:1 fails/)).toEqual([
      expect.stringMatching(/ECONNREFUSED.*control-plane up/),
    ]);
  });
});

describe("the list of workers", () => {
  test("heartbeats report the number of jobs", async () => {
    await using plane = await FakeControlPlane.start("second");
    plane.add(1);
    const gate = Promise.withResolvers<void>();
    const { worker, sleep } = workerOf(plane, null, { run: () => gate.promise });
    void worker.run();
    await plane.until("job-1 InProgress");
    await sleep.pass(30_000);
    await plane.until("heartbeat 1");
    gate.resolve();
    while (worker.activeJobs > 0) await new Promise((resolve) => void setImmediate(resolve));
    await sleep.pass(30_000);
    await plane.until("heartbeat 0");
    await worker.close();
    expect(plane.events.at(-1)).toBe("drain");
  });

  test("a worker that the server forgot registers again", async () => {
    await using plane = await FakeControlPlane.start("second", {
      "POST /api/workers/w1/heartbeat": [
        { status: 503, text: "busy" },
        { status: 503, text: "busy" },
        { status: 503, text: "busy" },
        { status: 503, text: "busy" },
        { status: 503, text: "busy" },
        refusal(404, "WORKER_NOT_FOUND", "no w1"),
        { text: "" },
      ],
    });
    const run = async (): Promise<void> => undefined;
    const { worker, sleep, log } = workerOf(plane, null, { run });
    void worker.run();
    await plane.until("register");
    await sleep.pass(30_000);
    await sleep.pass(30_000);
    await plane.until("register", 2);
    await sleep.pass(30_000);
    await sleep.pass(30_000);
    await worker.close();
    expect(log.matching(/this worker lives/)).toEqual([
      expect.stringMatching(/^warn: .*busy/),
      expect.stringMatching(/^warn: .*no w1/),
      expect.stringMatching(/^info: .*works again/),
    ]);
  });

  test("a worker that may not claim because the server forgot it registers again", async () => {
    await using plane = await FakeControlPlane.start("second", {
      "POST /api/queue/claim": [
        refusal(404, "WORKER_NOT_FOUND", "no w1"),
        { status: 204, text: "" },
      ],
    });
    const { worker } = workerOf(plane, null, { run: async () => undefined });
    void worker.run();
    await plane.until("register", 2);
    await worker.close();
    expect(plane.events).toEqual(["register", "register", "drain"]);
  });
});
