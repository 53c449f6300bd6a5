import type { ActivityContext } from "@flawless-ts/wasm-module";
import { describe, expect, test, vi } from "vitest";
import { TestEnvironment } from "../environment/test-environment.ts";
import { charge, operations, resultsOf, startScript } from "../testing/scripts.ts";
import type { ActivityFault } from "./activity-fault.ts";

const pay = vi.fn<(order: unknown, activity: ActivityContext) => string>(
  (_order, { attempt }) => `paid in ${attempt}`,
);
const retry = { attempts: 3, initialDelayMs: 60_000 };

/** The outcome of one call of `charge` with a fault. */
async function chargeWith(
  fault: Omit<ActivityFault, "activity"> | object,
  operation: object = {},
): Promise<{ result: unknown; tookMs: number; attempts: readonly (readonly [number, string])[] }> {
  pay.mockClear();
  await using env = await TestEnvironment.create({
    activities: { charge: pay },
    faults: { activities: [{ activity: "charge", ...fault } as ActivityFault] },
  });
  const start = env.now;
  const run = await startScript(env, operations({ ...charge, retry, ...operation }));
  const [result] = await resultsOf(run);
  const attempts = env.activities.flatMap((call) => call.attempts);
  return {
    result,
    tookMs: env.now - start,
    attempts: attempts.map(({ attempt, outcome }) => [attempt, outcome] as const),
  };
}

class CardDeclined extends Error {}

describe("faults of activities", () => {
  test("fail: this many attempts of each call", async () => {
    const seen = await chargeWith({ attempts: 2, fail: "no" }, { retry: { ...retry, factor: 1 } });
    expect(seen).toEqual({
      result: { value: "paid in 3" },
      tookMs: 120_000,
      attempts: [
        [1, "failed"],
        [2, "failed"],
        [3, "completed"],
      ],
    });
    expect(pay).toHaveBeenCalledTimes(1);
  });

  test("fail: with an error of a class that is not retried", async () => {
    const nonRetryable = ["CardDeclined"];
    const seen = await chargeWith(
      { fail: new CardDeclined("no money") },
      { retry: { ...retry, nonRetryable } },
    );
    expect(seen.result).toMatchObject({
      error: { code: "FAILED", name: "CardDeclined", message: "no money", attempts: 1 },
    });
  });

  test("delay: the result takes time on the environment's clock", async () => {
    const seen = await chargeWith({ delay: "3 minutes" });
    expect(seen).toMatchObject({ result: { value: "paid in 1" }, tookMs: 180_000 });
  });

  test.each([
    ["task", []],
    ["answer", [[1, "completed"]]],
  ] as const)("drop the %s: the timeout ends the attempt, not the lease", async (drop, first) => {
    const timeouts = { startToCloseMs: 3_600_000 };
    const seen = await chargeWith({ drop }, { timeouts });
    expect(seen).toEqual({
      result: { value: "paid in 2" },
      tookMs: 3_600_000 + 60_000,
      attempts: [...first, [2, "completed"]],
    });
  });

  test.each([
    ["before", 1],
    ["after", 2],
  ] as const)("lose the worker %s: another attempt when its lease is over", async (lose, ran) => {
    const seen = await chargeWith({ lose });
    expect(seen).toMatchObject({ result: { value: "paid in 2" }, tookMs: 30_000 });
    expect(pay).toHaveBeenCalledTimes(ran);
  });

  test.each([
    ["before", 1],
    ["after", 2],
  ] as const)("crash %s: the same attempt again, with the same key", async (crash, ran) => {
    const seen = await chargeWith({ crash });
    expect(seen).toMatchObject({ result: { value: "paid in 1" }, tookMs: 5_000 });
    expect(pay).toHaveBeenCalledTimes(ran);
    const keys = pay.mock.calls.map(([, { idempotencyKey }]) => idempotencyKey);
    expect(new Set(keys).size).toBe(1);
  });

  test("happen to each call", async () => {
    await using env = await TestEnvironment.create({ activities: { charge: pay } });
    env.addFault({ activity: "charge", fail: "no" });
    const run = await startScript(env, operations({ ...charge, retry }, { ...charge, retry }));
    expect(await resultsOf(run)).toEqual([{ value: "paid in 2" }, { value: "paid in 2" }]);
  });

  test("lose the worker of an activity that must not run twice: the workflow is notified", async () => {
    const seen = await chargeWith({ lose: "after" }, { retry: {}, atMostOnce: true });
    expect(seen.result).toMatchObject({ error: { code: "INTERRUPTED", attempts: 1 } });
    expect(pay).toHaveBeenCalledTimes(1);
  });

  test.each([
    [{ activity: "charge" }, "fault"],
    [{ activity: "charge", fail: "x", lose: "after" }, "fault"],
    [{ activity: "charge", fail: 5 }, "fault.fail"],
    [{ activity: "charge", lose: "never" }, "fault.lose"],
    [{ activity: "charge", drop: "request" }, "fault.drop"],
    [{ activity: "charge", delay: "soon" }, "duration"],
    [{ activity: "charge", attempts: 0, fail: "x" }, "fault.attempts"],
    [{ activity: "charge", request: 1, fail: "x" }, "fault.request"],
  ])("%j is refused", async (fault, option) => {
    await using env = await TestEnvironment.create();
    expect(() => env.addFault(fault as never)).toThrow(expect.objectContaining({ option }));
  });
});
