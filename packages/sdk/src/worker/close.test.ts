import { describe, expect, test } from "vitest";
import { FakeControlPlane } from "../testing/fake-cluster.ts";
import { startFlawless } from "../testing/fake-flawless.ts";
import { runningWorkflow } from "../testing/server-answers.ts";
import { workerOf } from "../testing/worker-of.ts";
import type { JobContext } from "./types.ts";
import type { Worker } from "./worker.ts";
import type { Job } from "../control-plane/types.ts";

/** A handler whose jobs last until they are released. */
function gated(): { run: (job: Job, context: JobContext) => Promise<void>; open: () => void } {
  const gate = Promise.withResolvers<void>();
  return { run: () => gate.promise, open: gate.resolve };
}

describe("stop", () => {
  test("lets jobs finish and claims no more", async () => {
    await using plane = await FakeControlPlane.start("second");
    plane.add(1);
    plane.add(2);
    const { run, open } = gated();
    const { worker } = workerOf(plane, null, { run });
    const running = worker.run();
    await plane.until("job-1 InProgress");
    const stopped = worker.close();
    open();
    await stopped;
    await running;
    expect(plane.events).toEqual([
      "register",
      "job-1 claimed",
      "job-1 InProgress",
      "job-1 Completed",
      "drain",
    ]);
  });

  test("runs a job that was assigned meanwhile", async () => {
    let worker: Worker | undefined;
    await using plane = await FakeControlPlane.start("second", {
      "POST /api/queue/claim": () => {
        void worker?.close();
        return plane.claim();
      },
    });
    plane.add(1);
    plane.add(2);
    ({ worker } = workerOf(plane, null, { run: async () => undefined }));
    await worker.run();
    expect(plane.events).toEqual([
      "register",
      "job-1 claimed",
      "job-1 InProgress",
      "job-1 Completed",
      "drain",
    ]);
  });

  test("returns unfinished jobs by draining", async () => {
    await using plane = await FakeControlPlane.start("second");
    plane.add(1);
    const { run, open } = gated();
    const aborted: boolean[] = [];
    const { worker, sleep, log } = workerOf(plane, null, {
      run: async (job, context) => {
        context.signal.addEventListener("abort", () => void aborted.push(true));
        plane.tell("running");
        await run(job, context);
      },
    });
    void worker.run();
    await plane.until("running");
    const stopped = worker.close();
    await sleep.pass(8000);
    await stopped;
    open();
    expect(aborted).toEqual([true]);
    expect(plane.events).toEqual([
      "register",
      "job-1 claimed",
      "job-1 InProgress",
      "running",
      "drain",
    ]);
    expect(log.matching(/Handed back/)).toHaveLength(1);
  });

  test("returns jobs by setting them to Pending if there are no workers", async () => {
    await using plane = await FakeControlPlane.start("first");
    plane.add(1);
    const { run } = gated();
    const { worker, sleep } = workerOf(plane, null, { run });
    void worker.run();
    await plane.until("job-1 InProgress");
    const stopped = worker.close();
    await sleep.pass(8000);
    await stopped;
    expect(plane.events).toEqual(["job-1 claimed", "job-1 InProgress", "job-1 Pending"]);
  });

  test("doesn't wait for a workflow that keeps running, and reports nothing about it", async () => {
    await using plane = await FakeControlPlane.start("second");
    await using flawless = await startFlawless({
      "GET /api/workflows/wkf_1/wait": () => {
        plane.tell("waiting");
        return "stay silent";
      },
    });
    plane.add(1);
    const { worker, log } = workerOf(plane, flawless);
    void worker.run();
    await plane.until("waiting");
    await worker.close({ graceMs: 0 });
    expect(plane.events).toEqual([
      "register",
      "job-1 claimed",
      "job-1 InProgress",
      "waiting",
      "drain",
    ]);
    expect(log.matching(/fail|done/)).toEqual([]);
  });

  test("again, with a shorter `graceMs`, shortens the time", async () => {
    await using plane = await FakeControlPlane.start("second");
    plane.add(1);
    const { run } = gated();
    const { worker } = workerOf(plane, null, { run });
    void worker.run();
    await plane.until("job-1 InProgress");
    const first = worker.close();
    await worker.close({ graceMs: 0 });
    await first;
    expect(plane.events.at(-1)).toBe("drain");
  });

  test("reports what could not be returned", async () => {
    await using plane = await FakeControlPlane.start("second", {
      "POST /api/workers/w1/drain": { status: 400, text: "no" },
    });
    plane.add(1);
    const { run } = gated();
    const { worker, log } = workerOf(plane, null, { run });
    void worker.run();
    await plane.until("job-1 InProgress");
    await worker.close({ graceMs: 0 });
    expect(log.matching(/^warn: Jobs could not be handed back.*heartbeats.*no/)).toHaveLength(1);
  });

  test("ends registering or waiting for Flawless", async () => {
    const away = { url: "http://127.0.0.1:1" };
    const { worker } = workerOf(away, away);
    const running = worker.run();
    await worker.close();
    await expect(running).resolves.toBeUndefined();
  });

  test("before running prevents it from running", async () => {
    await using plane = await FakeControlPlane.start("second");
    const { worker } = workerOf(plane, null, { run: async () => undefined });
    await worker.close();
    await worker.run();
    expect(plane.server.requests).toEqual([]);
  });

  test("refuses an invalid `graceMs`", async () => {
    const { worker } = workerOf({ url: "http://127.0.0.1:1" }, null, {
      run: async () => undefined,
    });
    await expect(worker.close({ graceMs: -1 })).rejects.toMatchObject({ option: "graceMs" });
    await worker.close();
  });
});

describe("a worker stops", () => {
  test("on its signal", async () => {
    await using plane = await FakeControlPlane.start("second");
    const controller = new AbortController();
    const { run, open } = gated();
    const { worker } = workerOf(plane, null, { run, signal: controller.signal });
    plane.add(1);
    const running = worker.run();
    await plane.until("job-1 InProgress");
    controller.abort();
    open();
    await running;
    expect(plane.events.slice(-2)).toEqual(["job-1 Completed", "drain"]);
  });

  test("on a signal that was already aborted", async () => {
    await using plane = await FakeControlPlane.start("second");
    const { worker } = workerOf(plane, null, {
      run: async () => undefined,
      signal: AbortSignal.abort(),
    });
    await worker.run();
    expect(plane.server.requests).toEqual([]);
  });

  test("at the end of its block, and closes clients if requested", async () => {
    await using plane = await FakeControlPlane.start("second");
    await using flawless = await startFlawless({
      "GET /api/workflows/wkf_1/wait": { json: { ok: runningWorkflow } },
    });
    {
      const { worker } = workerOf(plane, flawless);
      await using disposed = worker;
      void disposed.run();
      await plane.until("register");
    }
    await plane.server.noConnections();
    await flawless.noConnections();
    expect(plane.events.at(-1)).toBe("drain");
  });
});
