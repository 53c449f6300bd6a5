import { describe, expect, expectTypeOf, test } from "vitest";
import * as z from "zod";
import { InvalidOptionError } from "../invalid-option-error.ts";
import { activityPolicy } from "./activity-policy.ts";
import type { ActivityCallOptions, ActivityCalls } from "./activity-types.ts";
import { defineActivities, defineActivity } from "./define-activities.ts";

const activities = defineActivities({
  charge: async (order: { id: number }, activity) => ({
    id: order.id,
    attempt: activity.attempt,
    at: new Date(0),
  }),
  ping: () => "pong",
  maybe: (name?: string) => name ?? null,
  ship: defineActivity({
    input: z.object({ parcel: z.string().default("small") }),
    output: z.object({ weight: z.number() }),
    retry: { attempts: 3, nonRetryable: ["CardDeclined"] },
    timeout: "30 s",
    run: async (input) => ({ weight: input.parcel.length }),
  }),
  measure: defineActivity({
    heartbeatTimeout: "5 s",
    input: z.string(),
    run: (text, activity) => {
      activity.heartbeat(text);
      return text.length;
    },
  }),
});

describe("activities as a workflow calls them", () => {
  type Calls = ActivityCalls<typeof activities>;

  test("take what their functions take, and return what JSON preserves of their results", () => {
    expectTypeOf<Parameters<Calls["charge"]>>().toEqualTypeOf<
      [input: { id: number }, options?: ActivityCallOptions]
    >();
    expectTypeOf<Awaited<ReturnType<Calls["charge"]>>>().toEqualTypeOf<{
      id: number;
      attempt: number;
      at: string;
    }>();
    expectTypeOf<Parameters<Calls["ping"]>>().toEqualTypeOf<
      [input?: null, options?: ActivityCallOptions]
    >();
    expectTypeOf<ReturnType<Calls["ping"]>>().toEqualTypeOf<Promise<string>>();
    expectTypeOf<Parameters<Calls["maybe"]>>().toEqualTypeOf<
      [input?: string | undefined, options?: ActivityCallOptions]
    >();
  });

  test("take their schemas' inputs and return their outputs", () => {
    expectTypeOf<Parameters<Calls["ship"]>[0]>().toEqualTypeOf<{ parcel?: string | undefined }>();
    expectTypeOf<ReturnType<Calls["ship"]>>().toEqualTypeOf<Promise<{ weight: number }>>();
    expectTypeOf<Parameters<Calls["measure"]>>().toEqualTypeOf<
      [input: string, options?: ActivityCallOptions]
    >();
    expectTypeOf<ReturnType<Calls["measure"]>>().toEqualTypeOf<Promise<number>>();
  });

  test("are refused by the compiler if JSON can't represent their inputs or results", () => {
    const strange = defineActivities({
      late: (at: Date) => at.getTime(),
      lookup: () => new Map<string, number>(),
    });
    type Strange = ActivityCalls<typeof strange>;
    const late = (() => Promise.resolve(0)) as Strange["late"];
    // @ts-expect-error: a Date arrives as text
    void late(new Date(0));
    expectTypeOf<ReturnType<Strange["lookup"]>>().toEqualTypeOf<Promise<never>>();
    defineActivity({
      output: z.object({ weight: z.number() }),
      // @ts-expect-error: the schema wants a number
      run: () => ({ weight: "heavy" }),
    });
    expect(activities.ping()).toBe("pong");
  });
});

describe("definitions", () => {
  const run = (): number => 1;

  test.each([
    ["activities.charge", { charge: null }],
    ["activities.charge.run", { charge: { timeout: 5 } }],
    ["activities.charge.tiemout", { charge: { run, tiemout: 5 } }],
    ["activities.charge.input", { charge: { run, input: {} } }],
    ["activities.charge.timeout", { charge: { run, timeout: "soon" } }],
    ["activities.charge.timeout", { charge: { run, timeout: 0 } }],
    ["activities.charge.retry.attempts", { charge: { run, retry: { attempts: 0 } } }],
    ["activities.charge.retry.factor", { charge: { run, retry: { factor: 0.5 } } }],
    ["activities.charge.retry.nonRetryable", { charge: { run, retry: { nonRetryable: [1] } } }],
    [
      "activities.charge.retry.attempts",
      { charge: { run, atMostOnce: true, retry: { attempts: 2 } } },
    ],
    ["activities", { "": () => 1 }],
  ])("that make no sense are refused: %s", (option, definition) => {
    expect(() => defineActivities(definition as never)).toThrow(
      expect.objectContaining({ option, code: "FLAWLESS_INVALID_OPTION" }),
    );
  });

  test("of one activity are checked, too", () => {
    expect(() => defineActivity({ run: 1 } as never)).toThrow(InvalidOptionError);
  });
});

describe("what is sent of a policy", () => {
  test("is what was given, in milliseconds", () => {
    const policy = activityPolicy({
      timeout: "30 s",
      scheduleToStartTimeout: 1_000,
      scheduleToCloseTimeout: "1 hour",
      heartbeatTimeout: "5 s",
      retry: { attempts: 5, initialDelay: "1 s", factor: 1.5, maxDelay: "1 minute" },
    });

    expect(policy).toEqual({
      timeouts: {
        startToCloseMs: 30_000,
        scheduleToStartMs: 1_000,
        scheduleToCloseMs: 3_600_000,
        heartbeatMs: 5_000,
      },
      retry: { attempts: 5, initialDelayMs: 1_000, factor: 1.5, maxDelayMs: 60_000 },
    });
    expect(activityPolicy({})).toEqual({});
    expect(activityPolicy({ atMostOnce: true })).toEqual({ atMostOnce: true });
  });
});
