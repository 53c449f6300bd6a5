import { expect } from "vitest";
import { answersTo, callsOf, completedWith, outcomeOf } from "./observed.ts";
import type { InProcessScenario, Scenario } from "./scenario.ts";

/** Workflows that start workflows. */
export const children: readonly Scenario[] = [
  {
    name: "a child runs with its input, and the parent gets a number for it",
    expected: [completedWith(true), ["number"]],
    requests: ["POST /child from the child"],
    play: async ({ module, world, arrived }) => {
      const input = { url: `${world}/child`, body: "from the child" };
      const run = await module.start("start_child", input);
      const outcome = await outcomeOf(run);
      await arrived(1);
      const ids = (await answersTo(run, "StartWorkflow")) as {
        readonly Value: { readonly I64: unknown };
      }[];
      return [outcome, ids.map(({ Value }) => typeof Value.I64)];
    },
  },
  {
    name: "a child is a workflow of its own, which knows its parent",
    expected: [
      ["start_child", "completed", null],
      ["child", "completed", "start_child"],
    ],
    requests: ["POST /child x"],
    play: async ({ module, world, ended }) => {
      const run = await module.start("start_child", { url: `${world}/child`, body: "x" });
      const all = await ended(run, 2);
      const nameOf = (id: string | null): string | null =>
        all.find((info) => info.id === id)?.workflow ?? null;
      return all.map(({ workflow, status, parent }) => [workflow, status, nameOf(parent)]);
    },
  },
  {
    name: "every host call there is, once, in one workflow",
    expected: [
      completedWith({
        received: "now",
        first_status: 200,
        read_status: 200,
        second_status: 200,
      }),
      [
        "GetInput",
        "Log",
        "Random",
        "TimeNow",
        "GetSecret",
        "Sleep",
        "HTTPRequest",
        "HTTPRequest",
        "RecvMessage",
        "StartWorkflow",
        "HTTPRequest",
        "SendResponse",
        "Sleep",
        "HTTPRequest",
      ],
    ],
    requests: [
      "GET /read",
      "POST /child effect-child",
      "POST /effect-1 effect-1",
      expect.stringMatching(/^POST \/effect-2 .*"received":"now"/) as string,
      "POST /effect-3 effect-3",
    ],
    play: async ({ module, world, arrived }) => {
      const run = await module.start("all_calls", { url: world, secret: "token" });
      await run.send("go", { value: "now" });
      const outcome = await outcomeOf(run);
      await arrived(5);
      const calls = (await callsOf(run)).map((call) => /\w+/.exec(call)?.[0]);
      // It is a separate call only during a replay.
      const kinds = calls.filter((kind) => kind !== "ReplayDebug");
      return [outcome, kinds];
    },
  },
];

/** Children that are stubbed, which only a test environment does. */
export const stubbedChildren: readonly InProcessScenario[] = [
  {
    name: "a stubbed child is started, but not run",
    environment: { stubs: ["child"] },
    expected: [{ status: "completed" }, ["completed", "completed"]],
    play: async ({ env, module, world }) => {
      const run = await module.start("start_child", { url: `${world}/child`, body: "x" });
      const completion = await run.completion();
      await env.settle();
      return [completion, (await env.workflows()).map(({ status }) => status)];
    },
  },
];
