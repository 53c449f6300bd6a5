import { isDeepStrictEqual } from "node:util";
import { expect } from "vitest";
import { answersTo } from "./observed.ts";
import type { InProcessScenario } from "./scenario.ts";

/** The results of a crash at a chosen moment. */
export const crashes: readonly InProcessScenario[] = [
  {
    name: "after a crash, a sleep takes its remainder only",
    environment: { autoSkip: false },
    expected: ["running", "slept", 10_000],
    play: async ({ env, module }) => {
      const start = env.now;
      const run = await module.start("sleep_ms", { ms: 10_000 });
      await env.skip(4_000);
      await env.crash();
      await env.skip(5_999);
      const { status } = await run.info();
      await env.skip(1);
      return [status, await run.response(), env.now - start];
    },
  },
  {
    name: "after a crash, a time-out takes its remainder only",
    environment: { autoSkip: false },
    expected: ["running", "timed out"],
    play: async ({ env, module }) => {
      const run = await module.start("receive_timeout", { ms: 10_000 });
      await env.skip(4_000);
      await env.crash();
      await env.skip(5_999);
      const { status } = await run.info();
      await env.skip(1);
      return [status, await run.response()];
    },
  },
  {
    name: "messages outlive a crash, received or not",
    expected: [
      { type: "b", n: 2 },
      { type: "a", n: 1 },
    ],
    play: async ({ env, module }) => {
      const run = await module.start("receive_only_b_then_a", null);
      await run.send("a", { n: 1 });
      await env.crash();
      await run.send("b", { n: 2 });
      await env.crash();
      return await run.response();
    },
  },
  {
    name: "effects that were recorded are not repeated, however often the server crashes",
    expected: [
      { received: null, first_status: 200, read_status: 200, second_status: 200 },
      true,
      true,
    ],
    requests: [
      "GET /read",
      "POST /child effect-child",
      "POST /effect-1 effect-1",
      expect.stringMatching(/^POST \/effect-2 \{/) as string,
      "POST /effect-3 effect-3",
    ],
    play: async ({ env, module, world }) => {
      const run = await module.start("all_calls", { url: world, secret: "token" });
      await env.skip(20);
      await env.crash();
      const [before] = await answersTo(run, "Random");
      const response = await run.response();
      await env.crash();
      await run.completion();
      await env.settle();
      const [drawn] = (await answersTo(run, "Random")) as { Value: { I64: number | bigint } }[];
      const told = env.requests.find(({ url }) => url.endsWith("/effect-2"))?.text ?? "";
      const random = JSON.stringify(String(drawn?.Value.I64));
      return [response, isDeepStrictEqual(before, drawn), told.includes(random)];
    },
  },
];

const post = (idempotent: boolean): object => ({ method: "POST", body: "x", idempotent });

/** Crashes while a request is in flight: only one, so no sweep adds another. */
export const interruptions: readonly InProcessScenario[] = (["before", "after"] as const).flatMap(
  (crash): InProcessScenario[] => [
    {
      name: `a crash ${crash} a request has arrived: it is not sent again, and the guest is told`,
      environment: { faults: { requests: [{ request: 1, crash }] } },
      expected: { transport_error: expect.objectContaining({ kind: "RequestInterrupted" }) },
      requests: crash === "before" ? [] : ["POST /once x"],
      play: async ({ module, world }) =>
        (await module.start("http", { ...post(false), url: `${world}/once` })).response(),
    },
    {
      name: `a crash ${crash} an idempotent request has arrived: it is sent again`,
      environment: { faults: { requests: [{ request: 1, crash }] } },
      expected: { ok: expect.objectContaining({ status: 200, body: "fine" }) },
      requests: crash === "before" ? ["POST /often x"] : ["POST /often x", "POST /often x"],
      play: async ({ module, world }) =>
        (await module.start("http", { ...post(true), url: `${world}/often` })).response(),
    },
  ],
);
