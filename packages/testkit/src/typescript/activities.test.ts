import { createActivityHandler } from "@flawless-ts/sdk";
import type { ActivityFunction } from "@flawless-ts/wasm-module";
import { buildModule } from "@flawless-ts/module-builder";
import { beforeAll, describe, expect, test, vi } from "vitest";
import {
  crashEverywhere,
  TestEnvironment,
  type TestEnvironmentOptions,
  type TestHandler,
} from "../index.ts";
import contract from "./activities-module.ts";
import { activities } from "./activities.testing.ts";

let wasm: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  ({ wasm } = await buildModule({ entry: new URL("activities-module.ts", import.meta.url) }));
});

class CardDeclined extends Error {
  override readonly name = "CardDeclined";
  readonly details = { card: 7 };
}

/** The outcome of a call of `charge`. */
async function outcome(
  options: object,
  environment: TestEnvironmentOptions = {},
  act: (env: TestEnvironment) => Promise<void> = async () => undefined,
): Promise<unknown> {
  await using env = await TestEnvironment.create({ activities, ...environment });
  const module = await env.deploy(wasm, { contract });
  const run = await module.start("outcome", { queue: "orders", ...options });
  await act(env);
  return await run.response();
}

describe("activities of a queue", () => {
  test("are called with types, in sequence and concurrently", async () => {
    await using env = await TestEnvironment.create({ activities });
    const run = await (await env.deploy(wasm, { contract })).start("order", 7);
    expect(await run.response()).toEqual({
      receipt: "paid 7",
      parcel: "to Ann",
      other: "paid 2",
      took: 10_000,
    });
  });

  test("return the same after a crash anywhere", async () => {
    const report = await crashEverywhere(
      async (env) => (await (await env.deploy(wasm, { contract })).start("order", 7)).response(),
      { environment: { activities }, sample: { count: 6, seed: 3 } },
    );
    expect(report.boundaries).toBeGreaterThan(6);
  });

  test("fail with the error they threw: name, message, stack, details and cause", async () => {
    const charge = vi.fn<() => never>(() => {
      throw new CardDeclined("no money", { cause: new RangeError("limit") });
    });
    const seen = await outcome(
      { retry: { attempts: 2, initialDelay: "1 minute" } },
      { activities: { charge } },
    );
    expect(charge).toHaveBeenCalledTimes(2);
    expect(seen).toEqual({
      name: "ActivityError",
      message: 'The activity "charge" failed (FAILED): no money',
      stack: expect.stringMatching(/^ActivityError: The activity "charge" failed/),
      activity: "charge",
      reason: "FAILED",
      attempts: 2,
      details: { card: 7 },
      cause: {
        name: "CardDeclined",
        message: "no money",
        stack: expect.stringMatching(/^CardDeclined: no money\n {4}at .*activities\.test\.ts/),
        cause: {
          name: "RangeError",
          message: "limit",
          stack: expect.stringMatching(/^RangeError: limit/),
          cause: null,
        },
      },
    });
  });

  test("are not retried after an error that is listed", async () => {
    const charge = vi.fn<() => never>(() => {
      throw new CardDeclined("no money");
    });
    expect(
      await outcome({ retry: { nonRetryable: ["CardDeclined"] } }, { activities: { charge } }),
    ).toMatchObject({ reason: "FAILED", attempts: 1 });
    expect(charge).toHaveBeenCalledTimes(1);
  });

  test("at most once: an interrupted activity reports that, and is not rerun", async () => {
    const seen = await outcome(
      { atMostOnce: true },
      { faults: { activities: [{ activity: "charge", crash: "after" }] } },
    );
    expect(seen).toMatchObject({ name: "ActivityError", reason: "INTERRUPTED", cause: null });
  });

  test.each([
    ["START_TO_CLOSE_TIMEOUT", { timeout: "30 s", retry: { attempts: 1 } }],
    ["SCHEDULE_TO_CLOSE_TIMEOUT", { scheduleToCloseTimeout: "1 minute" }],
    ["HEARTBEAT_TIMEOUT", { heartbeatTimeout: "10 s", retry: { attempts: 1 } }],
  ])("end by time: %s", async (reason, options) => {
    const dropped = { activity: "charge", drop: "task", attempts: Infinity } as const;
    const seen = await outcome(options, { faults: { activities: [dropped] } });
    expect(seen).toMatchObject({ name: "ActivityError", reason });
  });

  test("end on a signal, and their own signal is aborted", async () => {
    let aborted: unknown;
    const charge = vi.fn<ActivityFunction>(
      (_: never, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => {
            aborted = signal.aborted;
            reject(new Error("told to stop"));
          });
        }),
    );
    await using env = await TestEnvironment.create({
      activities: { charge, ship: activities.ship },
    });
    const run = await (await env.deploy(wasm, { contract })).start("aborted");
    await run.untilRunningActivity("charge");
    await run.send("stop", null);
    expect(await run.response()).toEqual(["RangeError", "to Bea"]);
    await vi.waitFor(() => expect(aborted).toBe(true));
  });

  test("are refused if the call is invalid", async () => {
    await using env = await TestEnvironment.create();
    const run = await (await env.deploy(wasm, { contract })).start("refused");
    expect(await run.response()).toEqual([
      ...Array<string>(4).fill("InvalidOptionError"),
      "NotJsonError",
      "InvalidOptionError",
    ]);
  });
});

describe("activities behind a URL", () => {
  const url = "https://app.example/activities/";

  const answeredBy =
    (handler: (request: Request) => Promise<Response>): TestHandler =>
    ({ url: to, headers, text }) =>
      handler(new Request(to, { method: "POST", headers, body: text }));

  const byUrl = (
    handler: (request: Request) => Promise<Response>,
    options: object = {},
    environment: TestEnvironmentOptions = {},
  ): Promise<unknown> =>
    outcome({ queue: undefined, url, ...options }, { http: answeredBy(handler), ...environment });

  test("behave like those of a queue", async () => {
    expect(await byUrl(createActivityHandler(activities))).toEqual({ receipt: "paid 1" });
  });

  test("are retried with the same key, on durable time, and fail with the same error", async () => {
    const keys: unknown[] = [];
    const handler = createActivityHandler({
      charge: (_: unknown, { attempt, idempotencyKey }) => {
        keys.push([attempt, idempotencyKey]);
        throw new CardDeclined("no money", { cause: new RangeError("limit") });
      },
    });
    const options = {
      retry: { attempts: 3, initialDelay: "1 hour", factor: 3, maxDelay: "1 day" },
    };
    await using env = await TestEnvironment.create({ http: answeredBy(handler) });
    const began = env.now;
    const run = await (await env.deploy(wasm, { contract })).start("outcome", { url, ...options });
    const seen = await run.response();
    expect(seen).toMatchObject({
      name: "ActivityError",
      reason: "FAILED",
      attempts: 3,
      details: { card: 7 },
      cause: { name: "CardDeclined", message: "no money", cause: { name: "RangeError" } },
    });
    expect(env.now - began).toBe(4 * 3_600_000);
    const [[, key]] = keys as [[number, string]];
    expect(keys).toEqual([1, 2, 3].map((attempt) => [attempt, key]));
  });

  test("are not retried after an error that is listed, or if they don't exist", async () => {
    const handler = createActivityHandler({
      charge: () => {
        throw new CardDeclined("no money");
      },
    });
    expect(await byUrl(handler, { retry: { nonRetryable: ["CardDeclined"] } })).toMatchObject({
      attempts: 1,
      reason: "FAILED",
    });
    expect(await byUrl(createActivityHandler({}))).toMatchObject({ attempts: 1 });
  });

  test("at most once: an interrupted request is reported, and not repeated", async () => {
    const seen = await byUrl(
      createActivityHandler(activities),
      { atMostOnce: true },
      { faults: { requests: [{ request: 1, crash: "after" }] } },
    );
    expect(seen).toMatchObject({ reason: "INTERRUPTED", attempts: 1 });
  });
});
