import { beforeAll, describe, expect, test } from "vitest";
import { buildModule } from "@flawless-ts/module-builder";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import {
  crashEverywhere,
  type CrashReport,
  TestEnvironment,
  type TestEnvironmentOptions,
} from "../index.ts";
import contract from "./conformance-module.ts";

let wasm: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  ({ wasm } = await buildModule({ entry: new URL("conformance-module.ts", import.meta.url) }));
});

const http = { "*": { body: "fine" } } as const;
const secrets = { token: "a secret" };
const input = { url: "https://shop.example", secret: "token" };

/** What a run did, except for what may differ between two languages: random numbers, headers, wording. */
interface Behaviour {
  readonly response: unknown;
  readonly calls: readonly string[];
  readonly requests: readonly string[];
  readonly children: readonly string[];
}

function isOfChild({ url }: { readonly url: string }): boolean {
  return url.endsWith("/child");
}

async function behaviour(
  module: Uint8Array,
  options: TestEnvironmentOptions = {},
): Promise<Behaviour> {
  await using env = await TestEnvironment.create({ http, secrets, ...options });
  const deployed = await env.deploy(module);
  const run = await deployed.start("all_calls", input);
  await run.send("go", { value: "now" });
  expect(await run.completion()).toEqual({ status: "completed" });
  await env.settle();
  const { steps } = await run.history();
  const calls = steps.map(({ call }) => /^"?\{?"?(\w+)/.exec(call)?.[1] ?? call);
  const all = await env.workflows();
  return {
    response: await run.response(),
    // A UUID takes two random numbers; the Rust workflow takes one.
    calls: calls.filter((call, index) => call !== "Random" || calls[index - 1] !== "Random"),
    // Parent and child run concurrently: only the requests of one workflow have an order.
    requests: [
      ...env.requests.filter((sent) => !isOfChild(sent)),
      ...env.requests.filter(isOfChild),
    ].map(({ method, url, text }) =>
      `${method} ${url} ${text.replace(/"random":"[^"]*"/, "")}`
        .replace("{,", "{")
        .replace(",}", "}"),
    ),
    children: all.map(({ workflow, status }) => `${workflow} ${status}`),
  };
}

describe("a workflow that makes every call", () => {
  test("behaves like the one written in Rust", async () => {
    expect(await behaviour(wasm)).toEqual(await behaviour(fixtureBytes("conformance")));
  });

  test("behaves the same when it is replayed at each wake-up", async () => {
    expect(await behaviour(wasm, { alwaysReplay: true })).toEqual(await behaviour(wasm));
  });

  test("survives a crash at any point, except for an interrupted request", async () => {
    const report = await sweep(async (env) => {
      const run = await (await env.deploy(wasm)).start("all_calls", input);
      await run.send("go", { value: "now" });
      await run.completion();
      return run.response();
    });
    expect(report.tried).toBeGreaterThan(10);
  });
});

describe("waits", () => {
  test("for time and messages run concurrently", async () => {
    await using env = await TestEnvironment.create();
    const run = await (await env.deploy(wasm, { contract })).start("side_by_side");
    expect(await run.response()).toEqual({ first: "time", hours: 5 });
  });

  test("survive crashes", async () => {
    const report = await sweep(async (env) => {
      const run = await (await env.deploy(wasm, { contract })).start("side_by_side");
      return run.response();
    });
    expect(report.tried).toBeGreaterThan(5);
  });

  test("for messages return them in order, with types from the contract", async () => {
    await using env = await TestEnvironment.create();
    const run = await (await env.deploy(wasm, { contract })).start("receive_typed");
    for (const number of [1, 2, 39]) await run.send("add", number);
    await run.send("done", null);
    const sum: number = await run.response();
    expect(sum).toBe(42);
  });

  test("are cheap in time: a thousand sleeps", async () => {
    await using env = await TestEnvironment.create();
    const run = await (
      await env.deploy(wasm, { contract })
    ).start("sleep_steps", { count: 1000, ms: 86_400_000 });
    expect(await run.response()).toBe(1000);
  });
});

describe("a workflow that misbehaves fails alone, with its stack", () => {
  test.each([
    ["throws", "TypeError: thrown on purpose", "at throws"],
    ["recurses", "RangeError: Maximum call stack size exceeded", "at down"],
    ["devours", "InternalError: out of memory", "at devours"],
  ] as const)("%s", async (workflow, message, frame) => {
    const [name, text] = message.split(": ");
    expect(await completionBesideOthers(workflow)).toEqual({
      status: "failed",
      error: {
        code: "THROWN",
        message,
        thrown: expect.objectContaining({
          name,
          message: text,
          stack: expect.stringMatching(
            new RegExp(`^${message}\n {4}${frame} \\(conformance-module\\.ts:\\d+:\\d+\\)`),
          ),
        }),
      },
    });
  });

  test("loops", async () => {
    expect(await completionBesideOthers("loops")).toEqual({
      status: "failed",
      error: {
        code: "PANIC",
        message: expect.stringMatching(
          /computes without end.*\n {4}at loops \(conformance-module\.ts:\d+:\d+\)/,
        ),
      },
    });
  });

  async function completionBesideOthers(
    workflow: "throws" | "recurses" | "devours" | "loops",
  ): Promise<unknown> {
    await using env = await TestEnvironment.create();
    const module = await env.deploy(wasm, { contract });
    const neighbour = await module.start("sleep_steps", { count: 3, ms: 10 });
    const run = await module.start(workflow);
    const completion = await run.completion();
    expect(await neighbour.response()).toBe(3);
    expect(await (await module.start("add", { a: 2, b: 3 })).response()).toBe(5);
    return completion;
  }
});

test("freed memory is reused, for objects of other sizes, too", async () => {
  await using env = await TestEnvironment.create({ limits: { memoryBytes: 6 * 2 ** 20 } });
  const module = await env.deploy(wasm, { contract });
  const run = await module.start("churn", { rounds: 40 });
  expect(await run.response()).toBe(40 * 300);
});

test("the contract's types are those of the functions", async () => {
  await using env = await TestEnvironment.create();
  const module = await env.deploy(wasm, { contract });
  // @ts-expect-error the input lacks b
  const sum: Promise<number> = (await module.start("add", { a: 2 })).response();
  await expect(sum).rejects.toThrow(/the number NaN at \$/);
  // @ts-expect-error there is no such workflow
  await expect(module.start("subtract")).rejects.toThrow(/subtract/);
});

function sweep(scenario: (env: TestEnvironment) => Promise<unknown>): Promise<CrashReport> {
  return crashEverywhere(scenario, { environment: { http, secrets }, interruptRequests: false });
}
