import { expect } from "vitest";
import { callsOf, completedWith, errorOf, outcomeOf } from "./observed.ts";
import type { Scenario } from "./scenario.ts";

const shapes: readonly Scenario[] = (
  [
    ["neither input nor response", "plain", null, null],
    ["an input only", "input_only", { id: 7, item: "lamp" }, null],
    ["a response only", "response_only", null, "hello"],
    ["an input and a response", "add", { a: 2, b: 3 }, 5],
    ["a response of null", "noop", null, null],
    ["a response that it drops", "drops_response", null, null],
  ] as const
).map(([what, workflow, input, response]) => ({
  name: `a workflow with ${what} completes`,
  expected: completedWith(response),
  play: async ({ module }) => outcomeOf(await module.start(workflow, input)),
}));

/** The four signatures of a workflow: with or without input and response. */
export const signatures: readonly Scenario[] = [
  ...shapes,
  {
    name: "a workflow that takes no response has answered before it runs",
    expected: ['"GetInput"', '{"SendResponse":"null"}', '{"Log":{"Info":"order 7: lamp"}}'],
    play: async ({ module }) => {
      const run = await module.start("input_only", { id: 7, item: "lamp" });
      await run.completion();
      return await callsOf(run);
    },
  },
  {
    name: "a workflow goes on after its response",
    expected: [completedWith("later"), '{"Log":{"Info":"response sent: true"}}'],
    play: async ({ module }) => {
      const run = await module.start("responds_later", { ms: 5 });
      const outcome = await outcomeOf(run);
      return [outcome, (await callsOf(run)).at(-1)];
    },
  },
  {
    name: "text of all kinds comes back as it was",
    expected: completedWith({ "\u{1f600}\u0000\u{10ffff}": ["grüße", 'a "quote"\n'] }),
    play: async ({ module }) =>
      outcomeOf(
        await module.start("echo", { "\u{1f600}\u0000\u{10ffff}": ["grüße", 'a "quote"\n'] }),
      ),
  },
  {
    name: "a large response arrives whole",
    expected: 2 ** 17,
    play: async ({ module }) => {
      const run = await module.start("echo", "x".repeat(2 ** 17));
      return ((await run.response()) as string).length;
    },
  },
  {
    name: "an input of the wrong shape fails the workflow",
    expected: expect.stringContaining("missing field `b`"),
    play: async ({ module }) =>
      errorOf(module.start("add", { a: 1 }).then((run) => run.response())),
  },
  {
    name: "a workflow that the module has not is refused",
    expected: expect.stringContaining("nobody"),
    play: async ({ module }) => errorOf(module.start("nobody", null)),
  },
];

/** Numbers that JavaScript's number type can't represent. */
export const exactInputs: readonly Scenario[] = [
  {
    name: "64-bit integers are exact in input and response",
    expected: ["-9223372036854775807", '{"large":18446744073709551615}'],
    play: async ({ module }) => {
      const sum = await module.start("add", { a: 9_223_372_036_854_775_807n, b: 2 });
      await sum.completion();
      const echo = await module.start("echo", { large: 18_446_744_073_709_551_615n });
      await echo.completion();
      return [(await sum.info()).response, (await echo.info()).response];
    },
  },
];
