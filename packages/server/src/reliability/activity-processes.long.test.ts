import { writeFile } from "node:fs/promises";
import type { ActivityTaskSummary, DeployedModule, WorkflowHandle } from "@flawless-ts/sdk";
import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFailed,
  test,
} from "vitest";
import { CliProcess } from "../testing/cli-process.ts";
import { OutsideWorld, type Site } from "./outside-world.ts";
import { ServerProcess } from "./server-process.ts";

/**
 * Sends each attempt, with its key, to the outside world, and waits for the response. The first `failing` attempts
 * fail.
 */
const activityFile = `
export const activities = {
  charge: async ({ site, failing = 0 }, { attempt, idempotencyKey, signal }) => {
    const response = await fetch(site + "/" + attempt, { method: "POST", body: idempotencyKey, signal });
    if (attempt <= failing) throw new RangeError("attempt " + attempt);
    return { attempt, answer: await response.text() };
  },
};
`;

let directory: TemporaryDirectory;
let server: ServerProcess;
let world: OutsideWorld;
let extensions: DeployedModule;
let workers: CliProcess[];
let sites = 0;
let site: Site;

beforeAll(async () => {
  directory = new TemporaryDirectory();
  await writeFile(directory.join("package.json"), '{"type":"module"}');
  await writeFile(directory.join("activities.js"), activityFile);
  world = await OutsideWorld.open();
  server = await ServerProcess.start({ parameters: ["--limit", "activityLeaseMs=1500"] });
  extensions = await server.flawless.deploy(fixtureBytes("extensions"));
});

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await world?.[Symbol.asyncDispose]();
  directory?.remove();
});

beforeEach(({ task }) => {
  onTestFailed(() =>
    console.error(
      [
        `${task.name}: the server wrote:`,
        server.output,
        ...workers.map((each) => each.stderr),
      ].join("\n"),
    ),
  );
  workers = [];
  sites += 1;
  site = world.site(`charges-${sites}`);
});

afterEach(async () => {
  await Promise.all(workers.map((worker) => worker[Symbol.asyncDispose]()));
});

async function startWorker(...more: readonly string[]): Promise<CliProcess> {
  const worker = new CliProcess(
    ["worker", directory.join("activities.js"), "--queue", "orders", "--url", server.url, ...more],
    {},
  );
  workers.push(worker);
  await worker.firstLine;
  return worker;
}

async function startCharge(more: object = {}, input: object = {}): Promise<WorkflowHandle> {
  const retry = { attempts: 5, initialDelayMs: 1 };
  const charge = { kind: "activity", queue: "orders", name: "charge", retry, ...more };
  return await extensions.start("script", [
    { ask: ["run", { ...charge, input: { site: site.url, ...input } }] },
  ]);
}

async function resultOf(run: WorkflowHandle): Promise<unknown> {
  // The client tries each request once: a connection broken by a kill is not a response.
  for (;;) {
    const answers = await run.response().catch(() => undefined);
    if (answers !== undefined) {
      return (answers as readonly { readonly body: unknown }[])[0]?.body;
    }
    await server.whenUp();
  }
}

async function killServer(): Promise<void> {
  server.kill();
  await server.restart();
}

/** Resolves to the queue's only task when it has the state. */
async function task(state: ActivityTaskSummary["state"]): Promise<ActivityTaskSummary> {
  for (;;) {
    const queues = await server.flawless.listActivityQueues();
    const found = queues.flatMap((queue) => queue.tasks).find((each) => each.state === state);
    if (found !== undefined) return found;
  }
}

/** Resolves when it is durable that the previous attempt has failed. */
async function retryingDurably(attempt: number): Promise<void> {
  while ((await task("retrying")).attempt !== attempt);
  // Later writes don't become durable before earlier ones.
  await extensions.execute("script", []);
}

/** The attempts that reached the outside world, and the number of their different keys. */
function attempts(): { readonly attempts: readonly string[]; readonly keys: number } {
  return {
    attempts: site.requests.map(({ path }) => path.slice(1)),
    keys: new Set(site.requests.map(({ body }) => body)).size,
  };
}

describe("a kill of the server", () => {
  test("while an activity runs: the worker continues it", async () => {
    await startWorker();
    const held = site.hold("/1");
    const run = await startCharge();
    await held.arrived();
    await killServer();
    await task("running");
    await held.answer();
    expect(await resultOf(run)).toEqual({ value: { attempt: 1, answer: "thank you" } });
    expect(attempts()).toEqual({ attempts: ["1"], keys: 1 });
  });

  test("before it gets the result: it gets it after the restart", async () => {
    await startWorker();
    const held = site.hold("/1");
    const run = await startCharge();
    await held.arrived();
    server.kill();
    await server.end;
    await held.answer();
    await server.restart();
    expect(await resultOf(run)).toEqual({ value: { attempt: 1, answer: "thank you" } });
    expect(attempts()).toEqual({ attempts: ["1"], keys: 1 });
  });

  test("while it waits for a retry, twice: attempts are still counted", async () => {
    await startWorker();
    const retry = { attempts: 3, initialDelayMs: 700, factor: 1 };
    const run = await startCharge({ retry }, { failing: 5 });
    await retryingDurably(2);
    await killServer();
    await retryingDurably(3);
    await killServer();
    expect(await resultOf(run)).toMatchObject({
      error: { code: "FAILED", name: "RangeError", message: "attempt 3", attempts: 3 },
    });
    expect(attempts()).toEqual({ attempts: ["1", "2", "3"], keys: 1 });
  });

  test("without a worker: the activity waits for one", async () => {
    const run = await startCharge();
    await task("waiting");
    await killServer();
    await startWorker();
    expect(await resultOf(run)).toMatchObject({ value: { attempt: 1 } });
    expect(attempts()).toEqual({ attempts: ["1"], keys: 1 });
  });

  test("while an activity runs that must not run twice: the workflow gets an error", async () => {
    await startWorker();
    const held = site.hold("/1");
    const run = await startCharge({ retry: {}, atMostOnce: true });
    await held.arrived();
    await killServer();
    expect(await resultOf(run)).toMatchObject({ error: { code: "INTERRUPTED", attempts: 1 } });
    await held.answer();
    expect(attempts()).toEqual({ attempts: ["1"], keys: 1 });
  });
});

describe("a worker", () => {
  test("that is killed loses its task to another when its lease is over", async () => {
    const first = await startWorker();
    const held = site.hold("/1");
    const run = await startCharge();
    await held.arrived();
    first.kill("SIGKILL");
    await first.end;
    await startWorker();
    expect(await resultOf(run)).toMatchObject({ value: { attempt: 2 } });
    expect(attempts()).toEqual({ attempts: ["1", "2"], keys: 1 });
  });

  test("that is killed and restarts gets its task again", async () => {
    const first = await startWorker("--concurrency", "1");
    const held = site.hold("/1");
    const run = await startCharge();
    await held.arrived();
    first.kill("SIGKILL");
    await killServer();
    await startWorker("--concurrency", "1");
    expect(await resultOf(run)).toMatchObject({ value: { attempt: 1 } });
    expect(attempts()).toEqual({ attempts: ["1", "1"], keys: 1 });
  });

  test("that is killed with an activity that must not run twice: the workflow gets an error", async () => {
    const first = await startWorker();
    const held = site.hold("/1");
    const run = await startCharge({ retry: {}, atMostOnce: true });
    await held.arrived();
    first.kill("SIGKILL");
    await startWorker();
    expect(await resultOf(run)).toMatchObject({ error: { code: "INTERRUPTED", attempts: 1 } });
    expect(attempts()).toEqual({ attempts: ["1"], keys: 1 });
  });

  test("that is stopped finishes its tasks, and takes no more", async () => {
    const first = await startWorker();
    const held = site.hold("/1");
    const run = await startCharge();
    await held.arrived();
    first.kill("SIGTERM");
    // A task that waits while it drains.
    const later = await startCharge({}, { site: world.site(`later-${sites}`).url });
    await task("waiting");
    await held.answer();
    expect(await first.end).toMatchObject({ code: 0 });
    expect(await resultOf(run)).toMatchObject({ value: { attempt: 1 } });
    expect(await task("waiting")).toMatchObject({ attempt: 1 });
    await startWorker();
    expect(await resultOf(later)).toMatchObject({ value: { attempt: 1 } });
  });

  test("that can't finish in time gives its task back: another worker gets the same attempt", async () => {
    const first = await startWorker("--grace", "1ms");
    const held = site.hold("/1");
    const run = await startCharge();
    await held.arrived();
    first.kill("SIGTERM");
    expect(await first.end).toMatchObject({ code: 0 });
    await startWorker();
    expect(await resultOf(run)).toMatchObject({ value: { attempt: 1 } });
    expect(attempts()).toEqual({ attempts: ["1", "1"], keys: 1 });
  });
});
