import { expect } from "vitest";
import { callsOf, errorOf } from "./observed.ts";
import type { Scenario } from "./scenario.ts";

/** Panics, traps, and a limit. */
export const failures: readonly Scenario[] = [
  {
    name: "a panic before the response is the caller's error",
    expected: expect.stringContaining(`order 7 can't be shipped: "out of stock"`),
    play: async ({ module }) =>
      errorOf(module.start("panic_with_format", { order: 7 }).then((run) => run.response())),
  },
  {
    name: "a panic after the response fails the workflow, but the response stands",
    expected: [
      "sent",
      {
        status: "failed",
        error: {
          code: "PANIC",
          message: expect.stringContaining("panicked after the response"),
        },
      },
      expect.stringMatching(
        /^\{"Log":\{"Error":"workflow 'panic_after_response' panicked at 'panicked after the response', .*\.rs:\d+:\d+"\}\}$/,
      ),
    ],
    play: async ({ module }) => {
      const run = await module.start("panic_after_response", null);
      const response = await run.response();
      const completion = await run.completion();
      return [response, completion, (await callsOf(run)).at(-1)];
    },
  },
  {
    name: "a stack that overflows fails its workflow only",
    expected: [expect.stringMatching(/stack|recursion/i), "hello"],
    play: async ({ module }) => [
      await errorOf(module.start("recursion", null).then((run) => run.response())),
      await (await module.start("response_only", null)).response(),
    ],
  },
  {
    name: "memory has a limit",
    memoryBytes: 4 * 2 ** 20,
    expected: { status: "failed", error: expect.objectContaining({ code: "PANIC" }) },
    play: async ({ module }) => (await module.start("memory_hog", null)).completion(),
  },
  {
    name: "a panic before the response fails the workflow",
    expected: {
      status: "failed",
      error: { code: "PANIC", message: expect.stringContaining("no more lamps") },
    },
    play: async ({ module }) =>
      (await module.start("panic_before_response", { message: "no more lamps" })).completion(),
  },
];
