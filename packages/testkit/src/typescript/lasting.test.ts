import { buildModule } from "@flawless-ts/module-builder";
import { InvalidOptionError } from "@flawless-ts/sdk";
import { beforeAll, describe, expect, test } from "vitest";
import {
  crashEverywhere,
  TestEnvironment,
  type TestEnvironmentOptions,
  type TestHandler,
} from "../index.ts";
import contract from "./lasting-module.ts";

let wasm: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  ({ wasm } = await buildModule({ entry: new URL("lasting-module.ts", import.meta.url) }));
});

const world: TestHandler = ({ url }) =>
  url.endsWith("/broken") ? { fail: "ConnectionFailed", message: "no way" } : { status: 200 };

async function open(options: TestEnvironmentOptions = {}) {
  const env = await TestEnvironment.create({ http: world, ...options });
  return { env, module: await env.deploy(wasm, { contract }) };
}

describe("continueAsNew", () => {
  test("continues under the same id, with the pending messages and a new journal", async () => {
    const { env, module } = await open();
    await using _env = env;
    const run = await module.start("counter", { sum: 0, rounds: 3 });
    for (const number of [1, 2, 39]) await run.send("add", number);
    expect(await run.response()).toEqual({ sum: 42, run: 4 });
    expect(await run.state()).toEqual({ sum: 42 });
    const { steps } = await run.history();
    expect(steps.filter(({ call }) => call.includes("RecvMessage"))).toEqual([]);
  });

  test("survives a crash anywhere", async () => {
    const report = await crashEverywhere(
      async (env) => {
        const module = await env.deploy(wasm, { contract });
        const run = await module.start("counter", { sum: 0, rounds: 2 });
        for (const number of [1, 41]) await run.send("add", number);
        return await run.response();
      },
      { environment: { http: world }, sample: { count: 8, seed: 1 } },
    );
    expect(report.boundaries).toBeGreaterThan(5);
  });
});

test("labels are set at the start and by the workflow, and shown in lists", async () => {
  const { env, module } = await open();
  await using _env = env;
  const labels = { draft: "yes", region: "eu" };
  const run = await module.start("labelled", { customer: "c-7" }, { labels });
  const after = { customer: "c-7", region: "eu" };
  expect(await run.response()).toEqual({ before: labels, after, child: { of: "c-7" } });
  expect((await run.info()).labels).toEqual(after);
  const page = await env.flawless.listWorkflows();
  expect(page.workflows.map((workflow) => workflow.labels)).toEqual([{ of: "c-7" }, after]);
});

test("a workflow is reached by its idempotency key", async () => {
  const { env, module } = await open();
  await using _env = env;
  const started = await module.start(
    "counter",
    { sum: 0, rounds: 1 },
    { idempotencyKey: "count-1" },
  );
  const run = module.workflow("counter", { key: "count-1" });
  expect(run.id).toBe("key:count-1");
  expect(await run.state()).toEqual({ sum: 0 });
  expect(await run.untilReceiving("add")).toMatchObject({ id: started.id });
  await run.send("add", 5);
  expect(await run.response()).toEqual({ sum: 5, run: 2 });
  expect(await run.info()).toMatchObject({ id: started.id, idempotencyKey: "count-1" });
  expect((await run.history()).id).toBe(started.id);
  await expect(env.flawless.workflow({ key: "count-2" }).info()).rejects.toMatchObject({
    code: "FLAWLESS_NOT_FOUND",
  });
  const other = await module.start("counter", { sum: 0, rounds: 1 });
  expect((await other.info()).idempotencyKey).toBeNull();
  expect(() => env.flawless.workflow({ key: "two words" })).toThrow(InvalidOptionError);
});

describe("a workflow that fails", () => {
  test.each([
    [
      "a chain",
      {
        name: "Error",
        message: "outer",
        stack: expect.stringMatching(/^Error: outer\n {4}at fails \(lasting-module\.ts:\d+:\d+\)/),
        cause: {
          name: "RangeError",
          message: "middle",
          cause: { name: "TypeError", message: "the innermost", cause: null },
        },
      },
    ],
    [
      "several",
      {
        name: "AggregateError",
        message: "both",
        errors: [
          { name: "TypeError", message: "the innermost" },
          { name: "Error", message: "other" },
        ],
      },
    ],
    [
      "any",
      {
        name: "AggregateError",
        errors: [1, 2].map(() => ({
          name: "FetchError",
          message: expect.stringContaining("no way"),
        })),
      },
    ],
    ["something else", { message: '{"code":7}' }],
  ])("reports %s", async (how, thrown) => {
    const { env, module } = await open();
    await using _env = env;
    const run = await module.start("fails", how);
    expect(await run.completion()).toMatchObject({ status: "failed", error: { thrown } });
  });
});
