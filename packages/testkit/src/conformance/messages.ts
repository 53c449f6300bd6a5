import { expect } from "vitest";
import { callsOf, completedWith, errorOf, outcomeOf, waitingOf } from "./observed.ts";
import type { InProcessScenario, Scenario } from "./scenario.ts";

/** Messages to workflows, before and after they respond. */
export const messages: readonly Scenario[] = [
  {
    name: "waiting for a message times out",
    expected: [completedWith("timed out"), true],
    play: async ({ module }) => {
      const run = await module.start("receive_timeout", { ms: 5 });
      const outcome = await outcomeOf(run);
      const call = '{"RecvMessage":[{"secs":0,"nanos":5000000},["approve"]]}';
      return [outcome, (await callsOf(run)).includes(call)];
    },
  },
  {
    name: "a message reaches a workflow that has responded",
    expected: [completedWith("waiting"), '{"Log":{"Info":"finished"}}'],
    play: async ({ module }) => {
      const run = await module.start("receive_after_response", null);
      await run.response();
      await run.send("finish", {});
      const outcome = await outcomeOf(run);
      return [outcome, (await callsOf(run)).at(-1)];
    },
  },
  {
    name: "a message of another type is not received",
    expected: ["running", { status: "cancelled" }],
    play: async ({ module }) => {
      const run = await module.start("receive_after_response", null);
      await run.response();
      await run.send("approve", { by: "Ann" });
      const { status } = await run.info();
      await run.cancel();
      return [status, await run.completion()];
    },
  },
  {
    name: "a message that the guest can't read fails it",
    expected: { status: "failed", error: expect.objectContaining({ code: "PANIC" }) },
    play: async ({ module }) => {
      const run = await module.start("receive_after_response", null);
      await run.response();
      await run.send("finish", 17);
      return await run.completion();
    },
  },
  {
    name: "a workflow that has ended takes no message",
    expected: expect.stringContaining("is completed"),
    play: async ({ module }) => {
      const run = await module.start("noop", null);
      await run.completion();
      return await errorOf(run.send("finish", {}));
    },
  },
  {
    name: "a message is received with its data",
    expected: completedWith({ by: "Ann" }),
    play: async ({ module }) => {
      const run = await module.start("receive", null);
      await run.send("approve", { by: "Ann" });
      return await outcomeOf(run);
    },
  },
  {
    name: "messages are received in the order they came",
    expected: [
      { type: "a", n: 1 },
      { type: "b", n: 2 },
      { type: "a", n: 3 },
    ],
    play: async ({ module }) => {
      const run = await module.start("receive_many", { count: 3 });
      await run.send("a", { n: 1 });
      await run.send("b", { n: 2 });
      await run.send("a", { n: 3 });
      return await run.response();
    },
  },
  {
    name: "a message that nobody asks for yet is kept until somebody does",
    expected: [
      { type: "b", n: 2 },
      { type: "a", n: 1 },
    ],
    play: async ({ module }) => {
      const run = await module.start("receive_only_b_then_a", null);
      await run.send("a", { n: 1 });
      await run.send("b", { n: 2 });
      return await run.response();
    },
  },
  {
    name: "a workflow that waits can be cancelled",
    expected: [{ on: "message", types: ["approve"], until: null }, { status: "cancelled" }],
    play: async ({ module }) => {
      const run = await module.start("receive", null);
      const waiting = await waitingOf(run);
      await run.cancel();
      return [waiting, await run.completion()];
    },
  },
];

/** Messages at a moment that only a test's own clock reaches. */
export const timedMessages: readonly InProcessScenario[] = [
  {
    name: "a message in time is received, one millisecond before the time-out",
    environment: { autoSkip: false },
    expected: { by: "Ann" },
    play: async ({ env, module }) => {
      const run = await module.start("receive_timeout", { ms: 60_000 });
      await env.skip(59_999);
      await run.send("approve", { by: "Ann" });
      return await run.response();
    },
  },
  {
    name: "a time-out ends at its time, whatever other messages came",
    expected: ["timed out", 60_000],
    play: async ({ env, module }) => {
      const start = env.now;
      const run = await module.start("receive_timeout", { ms: 60_000 });
      await run.send("finish", {});
      const response = await run.response();
      return [response, env.now - start];
    },
  },
];
