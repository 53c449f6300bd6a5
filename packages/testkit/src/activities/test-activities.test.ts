import { ActivityWorker } from "@flawless-ts/sdk";
import { defineActivities, defineActivity, type } from "@flawless-ts/wasm-module";
import { describe, expect, expectTypeOf, test, vi } from "vitest";
import { hang } from "../environment/http-reply.ts";
import { TestEnvironment } from "../environment/test-environment.ts";
import { charge, operations, resultsOf, startScript } from "../testing/scripts.ts";
import type { ActivityMocks } from "./activity-mocks.ts";

interface Order {
  readonly order: number;
}

const activities = defineActivities({
  charge: async ({ order }: Order) => ({ receipt: `receipt of ${order}` }),
  ship: defineActivity({
    input: type<{ readonly to: string }>(),
    output: type<{ readonly parcel: number }>(),
    retry: { attempts: 2 },
    run: async ({ to }) => ({ parcel: to.length }),
  }),
});

const retry = { attempts: 3, initialDelayMs: 60_000, factor: 2, maxDelayMs: 600_000 };

describe("activities", () => {
  test("run in the test, whatever the queue", async () => {
    await using env = await TestEnvironment.create({ activities });
    const ship = { ...charge, queue: "parcels", name: "ship", input: { to: "Ann" } };
    const run = await startScript(env, operations(charge, ship));
    expect(await resultsOf(run)).toEqual([
      { value: { receipt: "receipt of 7" } },
      { value: { parcel: 3 } },
    ]);
    expect(env.activities).toMatchObject([
      {
        number: 1,
        name: "charge",
        queue: "orders",
        input: { order: 7 },
        workflowId: run.id,
        attempts: [
          { attempt: 1, at: env.now, outcome: "completed", value: { receipt: "receipt of 7" } },
        ],
      },
      { number: 2, name: "ship", queue: "parcels" },
    ]);
  });

  test("are retried on the environment's clock", async () => {
    const seen: [number, number, string][] = [];
    await using env = await TestEnvironment.create({
      activities: {
        charge: (_input: unknown, { attempt, idempotencyKey }) => {
          seen.push([attempt, env.now, idempotencyKey]);
          if (attempt < 3) throw new Error(`attempt ${attempt}`);
          return "paid";
        },
      },
    });
    const start = env.now;
    const run = await startScript(env, operations({ ...charge, retry }));
    expect(await resultsOf(run)).toEqual([{ value: "paid" }]);
    const key = seen[0]?.[2];
    expect(seen).toEqual([
      [1, start, key],
      [2, start + 60_000, key],
      [3, start + 180_000, key],
    ]);
    expect(
      env.activities[0]?.attempts.map(({ outcome, error }) => [outcome, error?.message]),
    ).toEqual([
      ["failed", "attempt 1"],
      ["failed", "attempt 2"],
      ["completed", undefined],
    ]);
  });

  test("take as much real time as they need, while the environment's time stands still", async () => {
    await using env = await TestEnvironment.create({
      activities: {
        charge: async () => {
          for (let turn = 0; turn < 30; turn += 1) {
            await new Promise((resolve) => setTimeout(resolve, 1));
          }
          return env.now;
        },
      },
    });
    const start = env.now;
    const timeouts = { startToCloseMs: 10 };
    const run = await startScript(env, operations({ ...charge, timeouts }));
    expect(await resultsOf(run)).toEqual([{ value: start }]);
  });

  test("have their signals aborted by a timeout, and the next attempt has the last details", async () => {
    const aborted: string[] = [];
    await using env = await TestEnvironment.create({
      activities: {
        charge: async (_input: unknown, activity) => {
          if (activity.attempt === 2) return activity.lastDetails;
          activity.heartbeat({ page: 3 });
          return await new Promise((_resolve, reject) => {
            activity.signal.addEventListener("abort", () => {
              aborted.push(activity.signal.reason.name);
              reject(activity.signal.reason as Error);
            });
          });
        },
      },
    });
    const start = env.now;
    const timeouts = { startToCloseMs: 3_600_000 };
    const run = await startScript(env, operations({ ...charge, timeouts, retry }));
    expect(await resultsOf(run)).toEqual([{ value: { page: 3 } }]);
    expect(aborted).toEqual(["TimeoutError"]);
    expect(env.now - start).toBe(3_660_000);
    expect(env.activities[0]?.attempts[0]?.outcome).toBe("ended");
  });

  test("time out without heartbeats", async () => {
    await using env = await TestEnvironment.create({ activities: { charge: () => hang } });
    const start = env.now;
    const timeouts = { heartbeatMs: 5_000 };
    const once = { ...charge, timeouts, retry: { attempts: 1 } };
    const [result] = await resultsOf(await startScript(env, operations(once)));
    expect(result).toMatchObject({ error: { code: "HEARTBEAT_TIMEOUT" } });
    expect(env.now - start).toBe(5_000);
  });

  test("that nobody runs are awaited until their timeout", async () => {
    await using env = await TestEnvironment.create({ activities });
    const timeouts = { scheduleToStartMs: 86_400_000 };
    const unknown = operations({ ...charge, name: "unknown", timeouts });
    expect(await resultsOf(await startScript(env, unknown))).toMatchObject([
      { error: { code: "SCHEDULE_TO_START_TIMEOUT" } },
    ]);
    const stuck = await startScript(env, operations({ ...charge, name: "unknown" }));
    await expect(stuck.response()).rejects.toMatchObject({
      code: "FLAWLESS_TESTKIT_DEADLOCK",
      message: expect.stringContaining(
        "activity unknown (queue orders), which the environment's `activities` do not have",
      ),
    });
  });

  test.each(["cancel", "terminate"] as const)(
    "are notified of their workflow's %s",
    async (end) => {
      const signals: AbortSignal[] = [];
      await using env = await TestEnvironment.create({
        activities: {
          charge: async (_input: unknown, { signal }) => {
            signals.push(signal);
            return await new Promise(() => undefined);
          },
        },
      });
      const run = await startScript(env, operations(charge));
      await run.untilRunningActivity("charge");
      await run[end]();
      expect(await run.completion()).toMatchObject({
        status: end === "cancel" ? "completed" : "cancelled",
      });
      await env.settle();
      expect(signals.map(({ reason }) => (reason as Error).name)).toEqual(["AbortError"]);
    },
  );

  test("activities may be run by the test's own worker, for which time stands still, too", async () => {
    await using env = await TestEnvironment.create();
    const worked = async (): Promise<number> => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      return env.now;
    };
    await using _worker = new ActivityWorker({
      flawless: env.flawless,
      queue: "orders",
      activities: { charge: worked },
    });
    const start = env.now;
    const run = await startScript(env, operations(charge, charge));
    expect(await resultsOf(run)).toEqual([{ value: start }, { value: start }]);
  });

  test("continue across a crash, and report their result to the next server", async () => {
    const gate = Promise.withResolvers<string>();
    await using env = await TestEnvironment.create({ activities: { charge: () => gate.promise } });
    const run = await startScript(env, operations(charge));
    await run.untilRunningActivity();
    await env.crash();
    gate.resolve("paid");
    expect(await resultsOf(run)).toEqual([{ value: "paid" }]);
    expect(env.activities[0]?.attempts).toHaveLength(1);
  });

  test.each([
    [{ activities: { charge: 5 } }, "activities.charge"],
    [{ faults: { activities: [{ activity: "", fail: "x" }] } }, "faults.activities.0.activity"],
  ])("refuses %j", async (options, option) => {
    await expect(TestEnvironment.create(options as never)).rejects.toMatchObject({ option });
  });
});

describe("mocks", () => {
  test("run in place of an activity, which keeps its schemas and defaults", async () => {
    await using env = await TestEnvironment.create({ activities });
    const ship = vi.fn<() => Promise<never>>(async () => {
      throw new Error("no van");
    });
    env.mockActivities<typeof activities>({ ship });
    const run = await startScript(
      env,
      operations({ ...charge, name: "ship", input: { to: "Ann" } }, charge),
    );
    expect(await resultsOf(run)).toMatchObject([
      { error: { message: "no van", attempts: 2 } },
      { value: { receipt: "receipt of 7" } },
    ]);
    expect(ship).toHaveBeenCalledTimes(2);
    expect(ship).toHaveBeenCalledWith({ to: "Ann" }, expect.objectContaining({ attempt: 2 }));
  });

  test("may be added without any activity, and after it was called", async () => {
    await using env = await TestEnvironment.create();
    const run = await startScript(env, operations(charge, { ...charge, name: "ship" }));
    env.mockActivities({ charge: () => 1 });
    await env.settle();
    env.mockActivities({ ship: () => 2 });
    expect(await resultsOf(run)).toEqual([{ value: 1 }, { value: 2 }]);
  });

  test("are typed by the activities", () => {
    type Mocks = ActivityMocks<typeof activities>;
    type Charge = NonNullable<Mocks["charge"]>;
    const check = (env: TestEnvironment): void => {
      env.mockActivities<typeof activities>({ charge: vi.fn<Charge>() });
      env.mockActivities<typeof activities>({
        charge: vi.fn<Charge>(async () => ({ receipt: "r" })),
      });
      env.mockActivities<typeof activities>({ charge: () => hang });
      env.mockActivities({ anything: ({ order }: Order) => order });
      env.mockActivities<typeof activities>({ ship: ({ to }) => ({ parcel: to.length }) });
      // @ts-expect-error there is no such activity
      env.mockActivities<typeof activities>({ chrage: () => undefined });
      // @ts-expect-error its result has another type
      env.mockActivities<typeof activities>({ charge: () => 5 });
      // @ts-expect-error its result has another type
      env.mockActivities<typeof activities>({ ship: async () => ({ parcel: "5" }) });
      // @ts-expect-error its input has another type
      env.mockActivities<typeof activities>({ charge: (input: string) => ({ receipt: input }) });
    };
    expect(check).toBeTypeOf("function");
    expectTypeOf<Parameters<NonNullable<Mocks["ship"]>>[0]>().toEqualTypeOf<{
      readonly to: string;
    }>();
    expectTypeOf<Parameters<NonNullable<Mocks["charge"]>>[0]>().toEqualTypeOf<Order>();
  });
});
