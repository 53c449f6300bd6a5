import { beforeAll, describe, expect, test } from "vitest";
import { buildModule } from "@flawless-ts/module-builder";
import {
  crashEverywhere,
  TestEnvironment,
  type TestEnvironmentOptions,
  type TestHandler,
} from "../index.ts";
import contract from "./side-by-side-module.ts";

let wasm: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  ({ wasm } = await buildModule({ entry: new URL("side-by-side-module.ts", import.meta.url) }));
});

/** Responds to `/N` after N milliseconds. */
const world: TestHandler = ({ url }) => {
  const path = new URL(url).pathname.slice(1);
  return path === "broken" ? { fail: "ConnectionFailed" } : { body: path, after: Number(path) };
};

async function open(options: TestEnvironmentOptions = {}) {
  const env = await TestEnvironment.create({ http: world, ...options });
  return { env, module: await env.deploy(wasm, { contract }) };
}

const memory = [
  ["kept in memory", false],
  ["rebuilt at each wake-up", true],
] as const;

describe.each(memory)("concurrency, %s", (_, alwaysReplay) => {
  test("requests, sleeps and messages run at the same time", async () => {
    const { env, module } = await open({ alwaysReplay });
    await using _env = env;
    const run = await module.start("all");
    await run.send("go", "gone");
    expect(await run.response()).toEqual({
      results: ["300", "200", "slept", "gone", "250"],
      took: 300,
    });
    expect(new Set(env.requests.map(({ at }) => at)).size).toBe(1);
  });

  test("ten requests take as long as one", async () => {
    const { env, module } = await open({ alwaysReplay });
    await using _env = env;
    const took = async (count: number, inRow: boolean): Promise<number> =>
      (await module.start("many", { count, inRow })).response();
    expect([await took(1, false), await took(10, false), await took(10, true)]).toEqual([
      100, 100, 1000,
    ]);
  });

  test("race, any and allSettled behave as in JavaScript", async () => {
    const { env, module } = await open({ alwaysReplay });
    await using _env = env;
    expect(await (await module.start("combined")).response()).toEqual({
      winner: "50",
      slow: "200",
      any: "60",
      settled: ["rejected", "fulfilled"],
    });
  });

  test("requests that nobody awaits are still sent", async () => {
    const { env, module } = await open({ alwaysReplay });
    await using _env = env;
    const run = await module.start("abandoned");
    expect(await run.response()).toBe("done");
    expect(env.requests.map(({ url }) => new URL(url).pathname)).toEqual(["/1", "/2"]);
  });

  test("a signal ends a request, a receive and a sleep", async () => {
    const { env, module } = await open({ alwaysReplay });
    await using _env = env;
    const run = await module.start("signals");
    await env.skip("1 second");
    await run.send("never", "now");
    const { seen, took } = await run.response();
    expect(seen).toEqual(["RangeError", "RangeError", "RangeError", "TimeoutError", "now"]);
    expect(took).toBeGreaterThanOrEqual(400);
  });

  test("a receive that lost a race doesn't take the message of the one that waits now", async () => {
    const { env, module } = await open({ alwaysReplay });
    await using _env = env;
    const run = await module.start("receivers");
    await env.skip("1 second");
    for (const item of ["a", "b"]) await run.send("item", item);
    expect(await run.response()).toEqual(["time", "a", "b"]);
  });
});

test("a race costs as much in a late round as in an early one, whatever it left behind", async () => {
  const { env, module } = await open({ limits: { openOperations: 20 } });
  await using _env = env;
  const run = await module.start("rounds", 300);
  expect(await run.response()).toBe(300);
  const { steps } = await run.history();
  const length = (from: number, to: number): number =>
    steps.slice(from, to).reduce((sum, { call }) => sum + call.length, 0);
  const perRound = steps.length / 300;
  expect(perRound).toBeLessThan(8);
  const early = length(Math.round(perRound * 10), Math.round(perRound * 60));
  const late = length(Math.round(perRound * 240), Math.round(perRound * 290));
  expect(late / early).toBeLessThan(1.05);
});

test("a crash interrupts only open requests that may not be repeated", async () => {
  const { env, module } = await open();
  await using _env = env;
  const run = await module.start("crossed");
  await env.skip(500);
  await env.crash();
  const [first, second, third] = await run.response();
  expect([first, third]).toEqual(["fulfilled", "fulfilled"]);
  expect(second).toMatch(/interrupted/i);
});

test("a crash anywhere changes nothing that was finished", async () => {
  const report = await crashEverywhere(
    async (env) => {
      const module = await env.deploy(wasm, { contract });
      return (await module.start("combined")).response();
    },
    { environment: { http: world }, interruptRequests: false, sample: { count: 8, seed: 1 } },
  );
  expect(report.boundaries).toBeGreaterThan(8);
});

test("a workflow knows its id and its server", async () => {
  const { env, module } = await open();
  await using _env = env;
  const run = await module.start("who");
  expect(await run.response()).toEqual({
    id: run.id,
    details: {
      id: run.id,
      parent: null,
      root: run.id,
      module: "side-by-side",
      version: "1.0.0",
      workflow: "who",
      run: 1,
      server: { name: "flawless-ts", version: expect.stringMatching(/^\d+\.\d+\.\d+/) },
    },
  });
  const { steps } = await run.history();
  expect(steps.filter(({ call }) => call.includes("flawless:"))).toHaveLength(1);
});
