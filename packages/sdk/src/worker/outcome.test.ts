import { defineContract, type } from "@flawless-ts/wasm-module";
import { describe, expect, test } from "vitest";
import { FakeControlPlane, type FakeJob } from "../testing/fake-cluster.ts";
import { startFlawless } from "../testing/fake-flawless.ts";
import type { FakeRoutes, FakeServer } from "../testing/fake-server.ts";
import { completedWorkflow, originalServer, refusal } from "../testing/server-answers.ts";
import { workerOf } from "../testing/worker-of.ts";
import type { JobStart, WorkerOptions } from "./types.ts";

/** A schema that accepts nothing. */
const refusing = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: () => ({ issues: [{ message: "the shop is closed" }] }),
  },
} as const;

const start = "POST /api/workflow/start";
const wait = "GET /api/workflows/wkf_1/wait";

/** Runs one job to its end on a Flawless server with these routes. */
async function runOne(
  routes: FakeRoutes,
  end: "Completed" | "Failed",
  options: Partial<WorkerOptions> = {},
): Promise<{ job: FakeJob; log: readonly string[]; flawless: FakeServer }> {
  await using plane = await FakeControlPlane.start("second");
  await using flawless = await startFlawless(routes);
  const job = plane.add(1);
  const { worker, log } = workerOf(plane, flawless, options);
  void worker.run();
  await plane.until(`job-1 ${end}`);
  await worker.close();
  return { job, log: log.lines, flawless };
}

describe("the stand-in for the crawler", () => {
  const started = { json: { ok: { id: "wkf_1", response: null } } };

  test.each([
    ["is not there", refusal(404, "MODULE_NOT_FOUND", "no crawler 0.1.8")],
    ["came later", refusal(409, "IDEMPOTENCY_CONFLICT", "another workflow")],
  ])("runs if the crawler %s, with the same key", async (_why, refused) => {
    const { flawless } = await runOne({ [start]: [refused, started] }, "Completed");
    const [first, second] = flawless.seen(start);
    expect([first, second].map((request) => JSON.parse(request?.body.toString() ?? ""))).toEqual([
      expect.objectContaining({ module: "crawler", version: "0.1.8", workflow: "start" }),
      expect.objectContaining({ module: "flawless-ts-crawler", version: "0.1.8" }),
    ]);
    expect(second?.headers["idempotency-key"]).toBe(first?.headers["idempotency-key"]);
  });

  test("isn't used if the crawler exists", async () => {
    const { flawless } = await runOne({ [start]: started }, "Completed");
    expect(flawless.seen(start)).toHaveLength(1);
  });
});

describe("fails", () => {
  test("when its workflow does, with the reason", async () => {
    const error = { code: "PANIC", message: "out of luck" };
    const ok = { ...completedWorkflow, id: "wkf_1", status: "failed", error };
    const { job, log } = await runOne({ [wait]: { json: { ok } } }, "Failed");
    expect(job.error_message).toBe("The workflow wkf_1 failed (PANIC): out of luck");
    expect(log).toContainEqual(expect.stringMatching(/^error: The job failed: .*out of luck/));
  });

  test("with a reason that control planes accept", async () => {
    const error = { code: "PANIC", message: "x".repeat(20_000) };
    const ok = { ...completedWorkflow, id: "wkf_1", status: "failed", error };
    const { job } = await runOne({ [wait]: { json: { ok } } }, "Failed");
    expect(job.error_message).toMatch(
      /^The workflow wkf_1 failed.*x{7000,8000} \[200\d\d characters/,
    );
  });

  test("when its workflow is cancelled", async () => {
    const ok = { ...completedWorkflow, id: "wkf_1", status: "cancelled" };
    const { job } = await runOne({ [wait]: { json: { ok } } }, "Failed");
    expect(job.error_message).toBe("The workflow wkf_1 was cancelled.");
  });

  test("if its module is missing", async () => {
    const routes = { [start]: refusal(404, "MODULE_NOT_FOUND", "no crawler 0.1.8") };
    const { job } = await runOne(routes, "Failed");
    expect(job.error_message).toMatch(/no crawler 0\.1\.8/);
  });

  test("if another workflow has its key, and not under the other name", async () => {
    const routes = {
      [start]: [
        refusal(409, "IDEMPOTENCY_CONFLICT", "another workflow"),
        refusal(404, "MODULE_NOT_FOUND", "no stand-in"),
      ],
    };
    const { job } = await runOne(routes, "Failed");
    expect(job.error_message).toMatch(/another workflow/);
  });

  test("if the requested module is missing", async () => {
    const toStart = () => ({ module: "mine", version: "1", workflow: "w", input: null });
    const routes = { [start]: refusal(404, "MODULE_NOT_FOUND", "no mine") };
    const { flawless } = await runOne(routes, "Failed", { toStart });
    expect(flawless.seen(start)).toHaveLength(1);
  });

  test("if its workflow is unknown", async () => {
    const toStart = (): never => {
      throw new Error("What is this?");
    };
    const { job, flawless } = await runOne({}, "Failed", { toStart });
    expect(job.error_message).toBe("What is this?");
    expect(flawless.seen(start)).toHaveLength(0);
  });

  test("if its handler does", async () => {
    await using plane = await FakeControlPlane.start("second");
    const job = plane.add(1);
    const run = async (): Promise<never> => {
      throw new Error("no way");
    };
    const { worker } = workerOf(plane, null, { run });
    void worker.run();
    await plane.until("job-1 Failed");
    await worker.close();
    expect(job.error_message).toBe("no way");
  });
});

test("starts what `toStart` says", async () => {
  const toStart: WorkerOptions["toStart"] = (job) => ({
    module: "shop",
    version: "2.0.0",
    workflow: "checkout",
    input: { id: 1, job: job.id },
    idempotencyKey: "my-key",
  });
  const { flawless } = await runOne({}, "Completed", { toStart });
  const [started] = flawless.seen(start);
  expect(started?.headers["idempotency-key"]).toBe("my-key");
  expect(JSON.parse(started?.body.toString() ?? "")).toEqual({
    module: "shop",
    version: "2.0.0",
    workflow: "checkout",
    input: '{"id":1,"job":"job-1"}',
    labels: {
      "control-plane:job": "job-1",
      "control-plane:url": expect.stringContaining("http") as string,
    },
  });
});

describe("starts the workflow of `toStart` with a job's payload", () => {
  const shop = defineContract({
    name: "shop",
    version: "2.0.0",
    workflows: { crawl: { input: type<{ url: string }>(), response: type<null>() } },
  });

  test.each([
    ["a contract", shop],
    ["what a deployed module tells", { name: "shop", version: "2.0.0" }],
  ])("by %s", async (_what, module) => {
    const { flawless, job } = await runOne({}, "Completed", {
      toStart: { module, workflow: "crawl" },
    });
    const [started] = flawless.seen(start);
    expect(JSON.parse(started?.body.toString() ?? "")).toEqual({
      module: "shop",
      version: "2.0.0",
      workflow: "crawl",
      input: JSON.stringify(job.payload),
      labels: {
        "control-plane:job": "job-1",
        "control-plane:url": expect.stringContaining("http") as string,
      },
    });
  });

  test("unless the payload violates the contract's schema", async () => {
    const module = defineContract({
      name: "shop",
      version: "2.0.0",
      workflows: { crawl: { input: refusing, response: type<null>() } },
    });
    const { flawless, job } = await runOne({}, "Failed", {
      toStart: { module, workflow: "crawl" },
    });
    expect(job.error_message).toMatch(/the shop is closed/);
    expect(flawless.seen(start)).toHaveLength(0);
  });

  test("but not without a version", async () => {
    const toStart = (): JobStart => ({ module: "shop", workflow: "crawl", input: null });
    const { job } = await runOne({}, "Failed", { toStart });
    expect(job.error_message).toMatch(/^Invalid `toStart`: .*a name beside a `version`/);
  });
});

describe("Flawless that is down", () => {
  test("is awaited before any job is claimed, and gets its modules", async () => {
    const deployed = { json: { ok: { name: "crawler", version: "0.1.8" } } };
    let asked = 0;
    await using plane = await FakeControlPlane.start("second");
    const claims: number[] = [];
    const routes: FakeRoutes = {
      "GET /version": () => {
        asked += 1;
        claims.push(plane.server.seen("POST /api/queue/claim").length);
        return asked <= 12 ? { status: 503, text: "" } : { text: "0.1.0" };
      },
      "POST /api/module/deploy": [refusal(503, "JOURNAL_UNAVAILABLE", "disk full"), deployed],
    };
    await using flawless = await startFlawless(routes);
    plane.add(1);
    const modules = [new Uint8Array([1, 2, 3])];
    const { worker, log } = workerOf(plane, flawless, { modules });
    void worker.run();
    await plane.until("job-1 Completed");
    await worker.close();
    expect(new Set(claims)).toEqual(new Set([0]));
    expect(flawless.seen("POST /api/module/deploy")).toHaveLength(2);
    expect(log.matching(/Reaching Flawless at http:/)).toHaveLength(2);
  });

  test("during a job is awaited, and retried with the same key", async () => {
    let starts = 0;
    let waits = 0;
    const { flawless, log } = await runOne(
      {
        [start]: () => {
          starts += 1;
          // More often than the client itself retries.
          return starts <= 7 ? "hang up" : { json: { ok: { id: "wkf_1", response: null } } };
        },
        [wait]: () => {
          waits += 1;
          return waits <= 7 ? { status: 503, text: "" } : { json: { ok: completedWorkflow } };
        },
      },
      "Completed",
    );
    const keys = flawless.seen(start).map(({ headers }) => headers["idempotency-key"]);
    expect(new Set(keys)).toEqual(new Set(["job-1@1000"]));
    expect(log.filter((line) => line.includes("Starting workflows"))).toHaveLength(2);
    expect(log.filter((line) => line.includes("Waiting for workflows"))).toHaveLength(2);
  });
});

describe("the original Flawless server", () => {
  const original = { ...originalServer, "GET /health": { text: "" } };

  test("runs the stand-in if it reports that the crawler is missing", async () => {
    const answers = [
      { json: { error: "Module not found" } },
      { json: { ok: { id: "wkf_1", response: "7" } } },
    ];
    const { flawless } = await runOne({ ...original, [start]: answers }, "Completed");
    expect(flawless.seen(start).at(-1)?.body.toString()).toContain('"flawless-ts-crawler"');
  });

  test("is started without a key, and its response is the end", async () => {
    const routes = { ...original, [start]: { json: { ok: { id: "wkf_1", response: "7" } } } };
    const { flawless } = await runOne(routes, "Completed");
    expect(flawless.seen(start)).toHaveLength(1);
    expect(flawless.seen(start)[0]?.headers).not.toHaveProperty("idempotency-key");
    expect(flawless.seen(start)[0]?.headers["x-request-id"]).toBe("job-1");
  });

  test("without a response lets the workflow update the job", async () => {
    await using plane = await FakeControlPlane.start("second", {});
    let job: FakeJob | undefined;
    await using flawless = await startFlawless({
      ...original,
      [start]: () => {
        if (job !== undefined) job.status = "Completed";
        return { json: { ok: { id: "wkf_1" } } };
      },
    });
    job = plane.add(1);
    const { worker, log } = workerOf(plane, flawless);
    void worker.run();
    while (log.matching(/The job is done/).length === 0) {
      await new Promise((resolve) => void setImmediate(resolve));
    }
    await worker.close();
    expect(plane.events).toEqual(["register", "job-1 claimed", "job-1 InProgress", "drain"]);
  });

  test("without a response and without updates fails the job after a while", async () => {
    const routes = { ...original, [start]: { json: { ok: { id: "wkf_1" } } } };
    const { job } = await runOne(routes, "Failed", { unknownEndMs: 6000 });
    expect(job.error_message).toMatch(/wkf_1.*ui-update within 6000 ms/);
  });

  test("is not asked again to start what may be running", async () => {
    const { job, flawless } = await runOne({ ...original, [start]: "hang up" }, "Failed");
    expect(flawless.seen(start)).toHaveLength(1);
    expect(job.error_message).toMatch(/The workflow may run.*twice/);
  });
});

describe("reporting the end", () => {
  test("is retried until it works", async () => {
    let tries = 0;
    await using plane = await FakeControlPlane.start("second", {
      "POST /api/queue/status/job-1": ({ body }) => {
        if (body.includes("InProgress")) return { text: "" };
        tries += 1;
        if (tries <= 12) return { status: 503, text: "busy" };
        plane.tell("told");
        return { text: "" };
      },
    });
    plane.add(1);
    const { worker, log } = workerOf(plane, null, { run: async () => undefined });
    void worker.run();
    await plane.until("told");
    await worker.close();
    expect(log.matching(/Telling how jobs ended/)).toHaveLength(2);
  });

  test("ends if it is refused", async () => {
    await using plane = await FakeControlPlane.start("second", {
      "POST /api/queue/status/job-1": ({ body }) =>
        body.includes("InProgress") ? { text: "" } : { status: 500, text: "ended already" },
      "POST /api/queue/status/job-2": ({ body }) =>
        body.includes("InProgress") ? { text: "" } : refusal(409, "JOB_ENDED", "ended already"),
    });
    plane.add(1);
    plane.add(2);
    plane.add(3);
    const { worker, log } = workerOf(plane, null, { run: async () => undefined });
    void worker.run();
    await plane.until("job-3 Completed");
    await worker.close();
    const told = (number: number): number =>
      plane.server
        .seen(`POST /api/queue/status/job-${number}`)
        .filter(({ body }) => body.includes("Completed")).length;
    expect([told(1), told(2)]).toEqual([5, 1]);
    expect(log.matching(/^error: The job's end could not be told.*ended already/)).toHaveLength(2);
  });
});
