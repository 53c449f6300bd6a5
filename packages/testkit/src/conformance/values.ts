import { expect } from "vitest";
import { answersTo, callsOf, completedWith, outcomeOf, waitingOf } from "./observed.ts";
import { secrets, type InProcessScenario, type Scenario } from "./scenario.ts";

const yearMs = 365 * 24 * 3_600_000;

/** Host calls that return a value, and sleeps. */
export const values: readonly Scenario[] = [
  {
    name: "lines of all five levels are host calls, in order",
    expected: [
      '{"Log":{"Error":"an error"}}',
      '{"Log":{"Warn":"a warning"}}',
      '{"Log":{"Info":"some information"}}',
      '{"Log":{"Debug":"a detail"}}',
      '{"Log":{"Trace":"a trace"}}',
      '{"SendResponse":"null"}',
    ],
    play: async ({ module }) => {
      const run = await module.start("logs", null);
      await run.completion();
      return (await callsOf(run)).slice(-6);
    },
  },
  {
    name: "random numbers of all five types reach the guest exactly as they were recorded",
    expected: { agree: true, bool: true, i32: true, f32: true, f64: true },
    play: async ({ module }) => {
      const run = await module.start("randoms", null);
      const seen = (await run.response()) as Record<string, number | string | boolean>;
      const recorded = (await answersTo(run, "Random")).map(
        (answer) => (answer as { readonly Value: Record<string, unknown> }).Value,
      );
      const { bool, i32, i64_text: i64, f32, f64 } = seen;
      // The guest's serde_json may parse a long decimal one unit in the last place off.
      const isClose = Math.abs(Number(recorded[4]?.["F64"]) - Number(f64)) <= Number.EPSILON;
      const isUnit = (value: unknown): boolean => Number(value) >= 0 && Number(value) < 1;
      return {
        agree: String(recorded[2]?.["I64"]) === i64 && isClose,
        bool: recorded[0]?.["Bool"] === bool && typeof bool === "boolean",
        i32: recorded[1]?.["I32"] === i32 && (Number(i32) | 0) === i32,
        f32: isUnit(f32) && Math.fround(Number(f32)) === f32,
        f64: isUnit(f64),
      };
    },
  },
  {
    name: "the time is the one that was recorded",
    expected: true,
    play: async ({ module }) => {
      const run = await module.start("time_now", null);
      const { secs, nanos } = (await run.response()) as { secs: number; nanos: number };
      const [recorded] = (await answersTo(run, "TimeNow")) as {
        readonly Time: { secs_since_epoch: number; nanos_since_epoch: number };
      }[];
      const time = recorded?.Time;
      return secs === time?.secs_since_epoch && nanos === time.nanos_since_epoch && secs > 1.7e9;
    },
  },
  {
    name: "a secret is known by its name, or not at all",
    expected: [secrets["token"], null],
    play: async ({ module }) => [
      await (await module.start("secret", { name: "token" })).response(),
      await (await module.start("secret", { name: "other" })).response(),
    ],
  },
  {
    name: "a sleep ends",
    expected: [completedWith("slept"), '{"Sleep":{"secs":0,"nanos":5000000}}'],
    play: async ({ module }) => {
      const run = await module.start("sleep_ms", { ms: 5 });
      const outcome = await outcomeOf(run);
      return [outcome, (await callsOf(run)).find((call) => call.includes("Sleep"))];
    },
  },
  {
    name: "sleeps follow one another, however short",
    expected: [completedWith(3), completedWith(10)],
    play: async ({ module }) => [
      await outcomeOf(await module.start("sleep_steps", { count: 3, ms: 2 })),
      await outcomeOf(await module.start("ten_sleeps", null)),
    ],
  },
  {
    name: "the longest sleep there is can be cancelled",
    expected: ["sleep", { status: "cancelled" }],
    play: async ({ module }) => {
      const run = await module.start("sleep_secs_max", null);
      const { on } = await waitingOf(run);
      await run.cancel();
      return [on, await run.completion()];
    },
  },
  {
    name: "a guest may make many calls between two waits",
    expected: { randoms: 5, times: 4, journal: 12 },
    play: async ({ module }) => {
      const run = await module.start("ten_steps", null);
      const { randoms, times } = (await run.response()) as { randoms: string[]; times: string[] };
      await run.completion();
      const distinct = new Set(randoms).size;
      return { randoms: distinct, times: times.length, journal: (await callsOf(run)).length };
    },
  },
  {
    name: "lines for replays only are no part of the response",
    expected: completedWith(null),
    play: async ({ module }) => outcomeOf(await module.start("replay_debug", null)),
  },
];

/** Sleeps that only a test's own clock can wait for. */
export const longSleeps: readonly InProcessScenario[] = [
  {
    name: "a sleep takes its time, and no more",
    expected: yearMs,
    play: async ({ env, module }) => {
      const start = env.now;
      await (await module.start("sleep_ms", { ms: yearMs })).response();
      return env.now - start;
    },
  },
  {
    name: "sleeps add up",
    expected: 2_500,
    play: async ({ env, module }) => {
      const start = env.now;
      await (await module.start("sleep_steps", { count: 10, ms: 250 })).response();
      return env.now - start;
    },
  },
  {
    name: "the longest sleep there is never ends by itself",
    environment: { autoSkip: false },
    expected: ["running", { status: "cancelled" }],
    play: async ({ env, module }) => {
      const run = await module.start("sleep_secs_max", null);
      await env.skip(1_000 * yearMs);
      const { status } = await run.info();
      await run.cancel();
      return [status, await run.completion()];
    },
  },
  {
    name: "what guests log is told, with its level",
    expected: expect.arrayContaining([
      "error: an error",
      "warn: a warning",
      "info: some information",
      "debug: a detail",
      "trace: a trace",
    ]),
    play: async ({ env, module }) => {
      await (await module.start("logs", null)).completion();
      // After a crash before a line is durable, the guest logs it again.
      return [...new Set(env.logs.map(({ level, message }) => `${level}: ${message}`))].toSorted();
    },
  },
];
