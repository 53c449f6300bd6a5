import { writeFile } from "node:fs/promises";
import type { ActivityQueueSummary } from "@flawless-ts/sdk";
import { listenOnFreePort, TemporaryDirectory } from "@flawless-ts/test-helpers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createApi } from "../api/create-api.ts";
import { ActivityHarness } from "../testing/activity-harness.ts";
import { CliProcess } from "../testing/cli-process.ts";
import { fakeEngine } from "../testing/fake-engine.ts";
import { runCli } from "../testing/run-cli.ts";
import { until } from "../testing/until.ts";

let directory: TemporaryDirectory;

beforeEach(() => {
  directory = new TemporaryDirectory();
});

afterEach(() => {
  directory.remove();
});

async function activityFile(text: string): Promise<string> {
  const file = directory.join("activities.ts");
  await writeFile(file, text);
  return file;
}

/** A server of queues alone. */
async function serveQueues(): Promise<
  AsyncDisposable & {
    readonly harness: ActivityHarness;
    readonly env: { FLAWLESS_URL: string };
    readonly queue: () => ActivityQueueSummary | undefined;
  }
> {
  const harness = new ActivityHarness();
  const app = createApi(fakeEngine({ activities: harness.queues }));
  const port = await listenOnFreePort(app);
  return {
    harness,
    env: { FLAWLESS_URL: `http://127.0.0.1:${port}` },
    queue: () => harness.queues.summaries(10)[0],
    async [Symbol.asyncDispose]() {
      harness.queues.close();
      await app.close();
    },
  };
}

const typed = `
interface Order { readonly id: number }
export const activities = {
  charge: async (order: Order): Promise<number> => order.id + 1,
  wait: () => new Promise((resolve) => setTimeout(() => resolve("done"), 300)),
};
`;

describe("flawless worker", () => {
  test("runs the activities of a TypeScript file, and lets them finish when it is stopped", async () => {
    await using server = await serveQueues();
    const { harness, env, queue } = server;
    const file = await activityFile(typed);
    await using worker = new CliProcess(["worker", file, "--queue", "orders"], { env });
    expect(await worker.firstLine).toMatch(/^worker \S+ runs charge, wait from the queue orders$/);
    const charged = harness.task({}, { input: '{"id":7}' });
    await until(() => charged.outcome() !== undefined);
    expect(charged.outcome()).toEqual({ value: "8" });

    const waiting = harness.task({}, { name: "wait" });
    await until(() => queue()?.running === 1);
    worker.kill("SIGTERM");
    expect(await worker.end).toMatchObject({ code: 0 });
    expect(waiting.outcome()).toEqual({ value: '"done"' });
    expect(queue()).toBeUndefined();
  });

  test("runs as many activities at a time as configured, and reports in JSON", async () => {
    await using server = await serveQueues();
    const { env, queue } = server;
    const file = await activityFile("export default { never: () => new Promise(() => {}) };");
    const args = ["--queue", "orders", "--grace", "1m", "--concurrency", "3", "--json"];
    await using worker = new CliProcess(["worker", file, ...args], { env });
    expect(JSON.parse(await worker.firstLine)).toEqual({
      worker: expect.any(String),
      queue: "orders",
      pid: worker.pid,
    });
    expect(queue()?.workers).toMatchObject([{ concurrency: 3, activities: ["never"] }]);
  });

  test.each([
    ["export const other = {};", [], "neither `activities` nor a default export"],
    ["export const activities = 5;", [], "neither `activities` nor a default export"],
    ["export const activities = {};", ["--export", "orders"], "no `orders`"],
    ["export const activities = {};", [], "expected at least one activity"],
    ["export const activities = { x: 5 };", [], "activities.x"],
    ["export const activities = {", [], "can't be loaded"],
    ['import "not-installed";', [], "Cannot find package 'not-installed'"],
    ["export enum Color { Red }", [], "can't be loaded"],
  ])("reports what is wrong with %s", async (text, more, problem) => {
    const file = await activityFile(text);
    const url = "http://127.0.0.1:1";
    await using worker = new CliProcess(
      ["worker", file, "--queue", "orders", "--url", url, ...more],
      {},
    );
    const { code, stdout, stderr } = await worker.end;
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(problem);
  });

  test("needs a queue, an existing file, and valid numbers", async () => {
    for (const wrong of [
      ["--concurrency", "0"],
      ["--concurrency", "1e3"],
      ["--grace", "0s"],
      ["--grace", "1e3s"],
    ]) {
      const { code, stderr } = await runCli(["worker", "x.ts", "--queue", "q", ...wrong]);
      expect(code).toBe(2);
      expect(stderr).toContain(wrong[0]);
    }
    expect(await runCli(["worker", "x.ts"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--queue"),
    });
    const gone = directory.join("x.ts");
    expect(await runCli(["worker", gone, "--queue", "q"])).toMatchObject({
      code: 1,
      stderr: `error: ${gone} can't be loaded: there is no such file. Is the path right?\n`,
    });
  });
});
