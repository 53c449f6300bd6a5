import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { CliProcess, TemporaryDirectory } from "@flawless-ts/test-helpers";
import { ControlPlane, Flawless, type Job, Worker, type WorkflowInfo } from "@flawless-ts/sdk";
import { fixturePath } from "@flawless-ts/test-helpers/fixtures";
import { expect, test, vi } from "vitest";
import { ControlPlaneProcess } from "../testing/control-plane-process.ts";

const flawlessScript = join(
  createRequire(import.meta.url).resolve("@flawless-ts/server/package.json"),
  "../bin/flawless.js",
);

/** A process that is killed and restarted, on the same directory and, for a server, on the same port. */
class Restartable implements AsyncDisposable {
  readonly #start: (bind: string) => CliProcess;
  #process: CliProcess;
  #url = "";

  static async start(start: (bind: string) => CliProcess): Promise<Restartable> {
    const restartable = new Restartable(start);
    await restartable.#ready();
    return restartable;
  }

  private constructor(start: (bind: string) => CliProcess) {
    this.#start = start;
    this.#process = start("127.0.0.1:0");
  }

  /** A server's URL, which stays the same after each start. */
  get url(): string {
    return this.#url;
  }

  async killAndStart(): Promise<void> {
    await this[Symbol.asyncDispose]();
    this.#process = this.#start(this.#url === "" ? "127.0.0.1:0" : new URL(this.#url).host);
    await this.#ready();
  }

  /** `CliProcess` kills, too. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]();
  }

  async #ready(): Promise<void> {
    const line = await this.#process.firstLine;
    this.#url = line.startsWith("{") ? (JSON.parse(line) as { readonly url: string }).url : "";
  }
}

/** Counts the reports of crawls. They don't reach the control plane: workers must report how jobs end. */
class Reports implements AsyncDisposable {
  count = 0;
  readonly #server = createServer(async (request, response) => {
    await json(request);
    this.count += 1;
    response.end();
  });

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async reach(count: number): Promise<void> {
    await vi.waitUntil(() => this.count >= count, { interval: 5, timeout: 20_000 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

async function startFlawless(directory: string, reportsUrl: string): Promise<Restartable> {
  const args = ["up", "--working-dir", join(directory, "flawless"), "--json"];
  const env = { FLAWLESS_SECRET_CONTROL_PLANE_URL: reportsUrl };
  return Restartable.start(
    (bind) => new CliProcess(flawlessScript, [...args, "--bind", bind], { env }),
  );
}

/** It loses workers quickly, and hands out their jobs again without limit. */
async function startControlPlane(directory: string, flawlessUrl: string): Promise<Restartable> {
  const args = ["up", "--data-dir", join(directory, "control-plane"), "--json"];
  const rules = ["--worker-timeout", "2", "--max-retries", "20", "--flawless-url", flawlessUrl];
  return Restartable.start((bind) => new ControlPlaneProcess([...args, ...rules, "--bind", bind]));
}

function summary(jobs: readonly Job[]): Record<string, readonly string[]> {
  const by = (status: Job["status"]): readonly string[] =>
    jobs.filter((job) => job.status === status).map(({ id, errorMessage }) => errorMessage ?? id);
  return {
    Pending: by("Pending"),
    Claimed: by("Claimed"),
    InProgress: by("InProgress"),
    Failed: by("Failed"),
  };
}
const allCompleted = { Pending: [], Claimed: [], InProgress: [], Failed: [] };

/** The jobs' numbers in the inputs of all workflows, sorted. */
async function numbersRun(flawless: Flawless): Promise<readonly number[]> {
  const workflows: WorkflowInfo[] = [];
  for await (const workflow of flawless.workflows()) {
    workflows.push(workflow);
  }
  const inputs = await Promise.all(
    workflows.map(async ({ id }) => (await flawless.workflow(id).journal()).input),
  );
  return inputs
    .map((input) => (JSON.parse(input) as { readonly id: number }).id)
    .toSorted((one, other) => one - other);
}

test("kill -9 of a worker, the control plane and Flawless: every job ends Completed and ran once", async () => {
  using directory = new TemporaryDirectory();
  await using reports = new Reports();
  await using server = await startFlawless(directory.path, await reports.listen());
  await using queue = await startControlPlane(directory.path, server.url);
  await using controlPlane = new ControlPlane({ url: queue.url });
  await using flawless = new Flawless({ url: server.url });
  const startWorker = (id: string): Promise<Restartable> =>
    Restartable.start(
      () =>
        new ControlPlaneProcess(["worker", "--concurrency", "8"], {
          env: {
            CONTROL_PLANE_TICKET: queue.url,
            FLAWLESS_URL: server.url,
            WORKER_ID: id,
            WORKER_HEARTBEAT_INTERVAL_SECS: "1",
          },
        }),
    );
  await controlPlane.waitUntilReady();
  const numbers = Array.from({ length: 12 }, (_, index) => index + 1);
  const publish = async (id: number): Promise<string> =>
    controlPlane.publish({ id: `job-${id}`, payload: { id, url: "http://site.example/" } });
  await Promise.all(numbers.slice(0, 10).map(publish));
  await using first = await startWorker("worker-1");
  await using _second = await startWorker("worker-2");

  const hasBegun = async (worker: string): Promise<boolean> =>
    (await controlPlane.list()).some(
      (job) => job.assignedWorkerId === worker && job.status === "InProgress",
    );
  // Of 30 reports for each job, the first come while workers still claim and start.
  await reports.reach(3);
  await queue.killAndStart();
  await Promise.all(numbers.slice(10).map(publish));
  await reports.reach(40);
  await vi.waitUntil(() => hasBegun("worker-1"), { interval: 50, timeout: 20_000 });
  await first.killAndStart();
  await reports.reach(90);
  await server.killAndStart();
  await reports.reach(150);
  await queue.killAndStart();

  await expect
    .poll(async () => summary(await controlPlane.list()), { interval: 100, timeout: 30_000 })
    .toEqual(allCompleted);
  const jobs = await controlPlane.list();
  expect(jobs.map(({ id }) => id).toSorted()).toEqual(numbers.map((id) => `job-${id}`).toSorted());
  expect(jobs.filter(({ retryCount }) => retryCount > 0)).not.toEqual([]);
  expect(await numbersRun(flawless)).toEqual(numbers);
}, 60_000);

test("two workers and 1,000 jobs, while both servers are killed and one worker leaves: each job runs once", async () => {
  using directory = new TemporaryDirectory();
  await using reports = new Reports();
  await using server = await startFlawless(directory.path, await reports.listen());
  await using queue = await startControlPlane(directory.path, server.url);
  await using controlPlane = new ControlPlane({ url: queue.url });
  await using flawless = new Flawless({ url: server.url });
  await controlPlane.waitUntilReady();
  const numbers = Array.from({ length: 1_000 }, (_, index) => index + 1);
  const ids = await Promise.all(
    numbers.map((id) => controlPlane.publish({ id: `job-${id}`, payload: { id } })),
  );

  const taken: string[][] = [[], []];
  const workers = taken.map((jobs, index) => {
    return new Worker({
      controlPlane: new ControlPlane({ url: queue.url }),
      flawless: new Flawless({ url: server.url }),
      closeClients: true,
      id: `worker-${index + 1}`,
      concurrency: 8,
      heartbeatIntervalMs: 500,
      idleDelayMs: 100,
      errorDelayMs: 100,
      closeGraceMs: 0,
      modules: [fixturePath("conformance")],
      toStart: (job) => {
        jobs.push(job.id);
        return { module: "conformance", version: "1.0.0", workflow: "echo", input: job.payload };
      },
    });
  });
  await using stack = new AsyncDisposableStack();
  const runs = workers.map((worker) => stack.use(worker).run());
  const completed = async (count: number): Promise<void> => {
    const enough = async (): Promise<boolean> => (await controlPlane.stats()).completed >= count;
    await vi.waitUntil(enough, { interval: 10, timeout: 20_000 });
  };
  await completed(200);
  await queue.killAndStart();
  await completed(500);
  await server.killAndStart();
  await completed(800);
  await queue.killAndStart();
  // Its jobs return to the queue, and the other one gets them.
  await workers[0]?.close({ graceMs: 0 });
  await expect
    .poll(async () => summary(await controlPlane.list()), { interval: 100, timeout: 20_000 })
    .toEqual(allCompleted);
  await Promise.all(workers.map(async (worker) => worker.close()));
  await Promise.all(runs);

  expect((await controlPlane.list()).map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
  expect(await numbersRun(flawless)).toEqual(numbers);
  // Both ran some of them.
  for (const jobs of taken) expect(jobs.length).toBeGreaterThan(0);
}, 60_000);
