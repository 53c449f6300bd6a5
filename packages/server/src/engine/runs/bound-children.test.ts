import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { describe, expect, test } from "vitest";
import { crashedRuns } from "../../testing/crash-sweep.ts";
import { storedWorkflow } from "../../testing/stored-workflow.ts";
import { TestClock } from "../../testing/test-clock.ts";
import { memoryModes, TestEngine, type TestEngineOptions } from "../../testing/test-engine.ts";
import { until } from "../../testing/until.ts";
import { fromPublicId } from "../../workflow/workflow-id.ts";
import type { WorkflowInfo, WorkflowStatus } from "../types.ts";
import { BoundChildren } from "./bound-children.ts";
import { WorkflowRecord } from "./workflow-record.ts";
import type { WorkflowRun } from "./workflow-run.ts";

type Step = { readonly ask: readonly [string, unknown] } | { readonly call: unknown };

const cancel = "flawless:cancel";
const receive = (...types: readonly string[]): Step => ({ call: { RecvMessage: [null, types] } });
const start = (input: readonly Step[], onParentEnd?: string, more: object = {}): Step => ({
  ask: ["start", { workflow: "script", input, onParentEnd, ...more }],
});
/** Notices that it is asked to cancel, and ends as cancelled. */
const hears = [
  receive(cancel),
  { ask: ["fail", { error: { name: "CancelledError", message: "" } }] } as const,
];

function open(options: TestEngineOptions = {}): Promise<TestEngine> {
  return TestEngine.open({ module: "extensions", ...options });
}

async function childrenOf(engine: TestEngine, id: string): Promise<readonly WorkflowInfo[]> {
  await engine.engine.whenIdle();
  const { workflows } = await engine.engine.list();
  return workflows.filter(({ parent }) => parent === id).toReversed();
}

type End = (engine: TestEngine, id: string) => Promise<unknown>;

const send: End = (engine, id) => engine.send(id, "end", 1);
const ways: readonly (readonly [WorkflowStatus, readonly unknown[], End])[] = [
  ["completed", [], send],
  ["failed", [{ panic: "for a reason" }], send],
  ["cancelled", [], (engine, id) => engine.engine.terminate(id)],
];

describe.each(memoryModes)("children that are bound to their parent, $mode", ({ limits }) => {
  test.each(ways)(
    "are asked to cancel when it is %s; others continue",
    async (status, last, end) => {
      await using engine = await open({ limits });
      await engine.engine.deploy(fixtureBytes("conformance"));
      const deaf = { module: "conformance", workflow: "sleep_ms" };
      const id = await engine.launch("script", [
        start(hears, "cancel"),
        start(hears, "abandon"),
        start(hears),
        { ask: ["start", { ...deaf, input: { ms: 60_000 }, onParentEnd: "cancel" }] },
        start([], "cancel"),
        start([receive(cancel), receive("go")], "cancel"),
        receive("end"),
        ...last,
      ]);
      expect((await childrenOf(engine, id)).map(({ status }) => status)).toEqual([
        "running",
        "running",
        "running",
        "running",
        "completed",
        "running",
      ]);
      await end(engine, id);
      expect((await engine.end(id)).status).toBe(status);
      expect(await childrenOf(engine, id)).toMatchObject([
        { status: "cancelled" },
        { status: "running", cancelBy: null },
        { status: "running", cancelBy: null },
        { status: "cancelled" },
        { status: "completed" },
        { status: "running", cancelBy: "2026-01-02T03:05:05.000Z" },
      ]);
      const parent = await engine.store.workflow(fromPublicId(id) ?? 0);
      expect(parent?.hasBoundChildren).toBe(false);
    },
  );

  test("are asked when those that they are bound to are, down a tree", async () => {
    await using engine = await open({ limits });
    const leaf = start(hears, "cancel");
    const id = await engine.launch("script", [
      start([leaf, leaf, ...hears], "cancel"),
      receive("end"),
    ]);
    await engine.send(id, "end", 1);
    await engine.engine.whenIdle();
    const { workflows } = await engine.engine.list();
    expect(workflows.map(({ status }) => status)).toEqual([
      "cancelled",
      "cancelled",
      "cancelled",
      "completed",
    ]);
  });

  test("stay bound while their parent continues as new", async () => {
    await using engine = await open({ limits });
    const id = await engine.launch("script", [
      start(hears, "cancel"),
      { ask: ["continue", { input: [receive("end")] }] },
    ]);
    expect(await childrenOf(engine, id)).toMatchObject([{ status: "running", cancelBy: null }]);
    await using after = await engine.restart();
    expect(await childrenOf(after, id)).toMatchObject([{ status: "running", cancelBy: null }]);
    await after.send(id, "end", 1);
    expect(await childrenOf(after, id)).toMatchObject([{ status: "cancelled" }]);
  });

  test("are asked whenever a crash comes", async () => {
    for (const groupCommits of [true, false]) {
      const runs = await crashedRuns({
        module: "extensions",
        workflow: "script",
        input: [start(hears, "cancel"), start(hears, "cancel")],
        limits,
        groupCommits,
      });
      expect(runs.length).toBeGreaterThan(groupCommits ? 2 : 4);
      for (const { run, where, workflow } of runs) {
        expect(workflow.status, where).toBe("completed");
        expect(run.children, where).toMatchObject([
          { status: "cancelled", parent: workflow.id },
          { status: "cancelled", parent: workflow.id },
        ]);
      }
    }
  });
});

test("are asked page by page, however many there are, once the store can be read", async () => {
  const clock = new TestClock();
  const children = Array.from({ length: 2_500 }, (_, index) => index + 1);
  const cancelled: number[] = [];
  const failures: unknown[] = [];
  let committed = 0;
  const workflow = storedWorkflow(9_000, { status: "completed", hasBoundChildren: true });
  const parent = new WorkflowRecord(workflow, []);
  const bound = new BoundChildren({
    clock,
    ids: undefined,
    elsewhere: undefined,
    activity: { change: () => undefined },
    failed: (error) => failures.push(error),
    committer: {
      commit: async () => void (committed += 1),
    },
    store: {
      ids: async ({ below = Infinity, limit, runningBoundTo }) => {
        expect(runningBoundTo).toBe(9_000);
        if (cancelled.length === 1_000 && failures.length === 0) {
          throw new Error("away");
        }
        return children
          .toReversed()
          .filter((id) => id < below)
          .slice(0, limit);
      },
    },
    withRun: async (_id, action) => action({ record: parent } as WorkflowRun),
    cancel: async (id) => {
      cancelled.push(id);
      return { record: parent };
    },
  });
  bound.ended(9_000);
  await until(() => failures.length > 0);
  expect([cancelled.length, parent.state.hasBoundChildren]).toEqual([1_000, true]);
  clock.advance(1_000);
  await until(() => !parent.state.hasBoundChildren);
  expect(new Set(cancelled)).toEqual(new Set(children));
  expect(committed).toBe(cancelled.length + 1);
});
