import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { describe, expect, test } from "vitest";
import type { StoredWorkflow } from "../../store/workflow-store.ts";
import { crashedRuns } from "../../testing/crash-sweep.ts";
import { StoreWrapper } from "../../testing/store-wrapper.ts";
import { memoryModes, TestEngine, type TestEngineOptions } from "../../testing/test-engine.ts";
import { turn, until } from "../../testing/until.ts";

type Step = { readonly ask: readonly [string, unknown] } | { readonly call: unknown };

const start = (more: object = {}): Step => ({
  ask: ["start", { workflow: "script", input: [], ...more }],
});
const result = (id: string): Step => ({ ask: ["run", { kind: "result", id }] });
const receive: Step = { call: { RecvMessage: [null, ["go"]] } };
const refused = (status: number, code: string): object => ({ status, body: { error: { code } } });

function open(options: TestEngineOptions = {}): Promise<TestEngine> {
  return TestEngine.open({ module: "extensions", ...options });
}

async function answers(engine: TestEngine, id: string): Promise<readonly unknown[]> {
  return JSON.parse((await engine.end(id)).response ?? "null") as readonly unknown[];
}

function idOf(answer: unknown): string {
  return (answer as { readonly body: { readonly id: string } }).body.id;
}

describe.each(memoryModes)("a workflow that starts a child, $mode", ({ limits }) => {
  test("gets the id by which it reaches the child", async () => {
    await using engine = await open({ limits });
    const input = [{ call: { RecvMessage: [null, ["go"]] } }];
    const id = await engine.launch("script", [
      start({ input }),
      { ask: ["send", { id: "$0.body.id", type: "go", data: 7 }] },
      result("$0.body.id"),
    ]);
    const told = await answers(engine, id);
    expect(told[2]).toMatchObject({
      body: { status: "completed", response: [{ Message: ["go", "7"] }] },
    });
    expect(await engine.info(idOf(told[0]))).toMatchObject({
      parent: id,
      module: "extensions",
      version: "1.0.0",
    });
  });

  test("can use another module: its newest version unless one is named", async () => {
    await using engine = await open({ limits });
    await engine.engine.deploy(fixtureBytes("conformance"));
    const add = { module: "conformance", workflow: "add", input: { a: 2, b: 3 } };
    const id = await engine.launch("script", [
      start(add),
      result("$0.body.id"),
      start({ ...add, version: "1.0.0" }),
      start({ version: "1.0.0" }),
      start({ module: "extensions", version: "1.0.0" }),
      start({ ...add, version: "9.0.0" }),
      start({ version: "9.0.0" }),
      start({ module: "none" }),
      start({ ...add, workflow: "none" }),
      start({ workflow: "none" }),
    ]);
    const told = await answers(engine, id);
    expect(told[1]).toMatchObject({ body: { status: "completed", response: 5 } });
    expect(told.slice(2)).toMatchObject([
      { status: 200 },
      { status: 200 },
      { status: 200 },
      refused(404, "MODULE_NOT_FOUND"),
      refused(404, "MODULE_NOT_FOUND"),
      refused(404, "MODULE_NOT_FOUND"),
      refused(404, "WORKFLOW_NOT_FOUND"),
      refused(404, "WORKFLOW_NOT_FOUND"),
    ]);
    expect(await engine.info(idOf(told[0]))).toMatchObject({ parent: id, module: "conformance" });
  });

  test("gets the existing workflow if its key was used, whoever started it", async () => {
    await using engine = await open({ limits });
    const request = { module: "extensions", version: "1.0.0", workflow: "script", input: "[]" };
    const { id: known } = await engine.engine.start(
      { ...request, idempotencyKey: "outside" },
      { detached: true },
    );
    const id = await engine.launch("script", [
      start({ idempotencyKey: "outside" }),
      start({ idempotencyKey: "inside" }),
      start({ idempotencyKey: "inside" }),
      start({ idempotencyKey: "inside", input: [receive] }),
    ]);
    const told = await answers(engine, id);
    const own = idOf(told[1]);
    expect(told).toMatchObject([
      { status: 200, body: { id: known } },
      { status: 200 },
      { status: 200, body: { id: own } },
      refused(409, "IDEMPOTENCY_CONFLICT"),
    ]);
    expect(own).not.toBe(known);
    const again = await engine.engine.start(
      { ...request, idempotencyKey: "inside" },
      { detached: true },
    );
    expect(again.id).toBe(own);
  });

  test("gets one child even if others start one with the same key at the same time", async () => {
    await using engine = await open({ limits });
    const input = [start({ idempotencyKey: "k" })];
    const request = { module: "extensions", version: "1.0.0", workflow: "script", input: "[]" };
    const started = await Promise.all([
      engine.startText("script", JSON.stringify(input)),
      engine.engine.start({ ...request, idempotencyKey: "k" }, { detached: true }),
      engine.startText("script", JSON.stringify(input)),
      engine.engine.start({ ...request, idempotencyKey: "k" }, { detached: true }),
    ]);
    const [first, outside, second, again] = started.map(({ id, response }, index) =>
      index % 2 === 1 ? id : idOf((JSON.parse(response ?? "") as unknown[])[0]),
    );
    expect(new Set([first, outside, second, again]).size).toBe(1);
    expect((await engine.engine.list()).workflows).toHaveLength(3);
  });
});

test.each([
  ["no workflow", { workflow: undefined }],
  ["no text", { workflow: 7 }],
  ["an unknown onParentEnd", { onParentEnd: "stop" }],
  ["no key", { idempotencyKey: "" }],
  ["a key with spaces", { idempotencyKey: "a b" }],
  ["no module", { module: null }],
])("what can't be started is refused: %s", async (_what, more) => {
  await using engine = await open();
  const id = await engine.launch("script", [start(more)]);
  expect(await answers(engine, id)).toMatchObject([refused(400, "INVALID_REQUEST")]);
  expect((await engine.engine.list()).workflows).toHaveLength(1);
});

describe("children are limited like those of StartWorkflow", () => {
  test.each([
    ["descendants", { descendants: 2 }, "the limit descendants allows 2"],
    ["childDepth", { childDepth: 1 }, "the limit childDepth allows 1"],
  ])("%s", async (_name, limits, message) => {
    await using engine = await open({ limits });
    const deep = start({ input: [start({ input: [receive] }), receive] });
    const id = await engine.launch("script", [deep, start({ input: [receive] }), deep, receive]);
    const { workflows } = await engine.engine.list();
    const failed = workflows.filter(({ status }) => status === "failed");
    expect(failed.length).toBeGreaterThan(0);
    for (const { error } of failed) {
      expect(error).toMatchObject({
        code: "CHILD_LIMIT",
        message: expect.stringContaining(message) as string,
      });
    }
    expect(workflows.find((workflow) => workflow.id === id)?.parent).toBeNull();
  });

  test("descendants, even if several look for their keys at the same time", async () => {
    const looking: (() => void)[] = [];
    class SlowKeys extends StoreWrapper {
      override async workflowByIdempotencyKey(key: string): Promise<StoredWorkflow | undefined> {
        await new Promise<void>((resolve) => looking.push(resolve));
        return super.workflowByIdempotencyKey(key);
      }
    }
    await using engine = await open({
      limits: { descendants: 3 },
      wrapStore: (store) => new SlowKeys(store),
    });
    const parent = (idempotencyKey: string): Step =>
      start({ input: [receive, start({ idempotencyKey, input: [receive] }), receive] });
    const root = await engine.launch("script", [parent("a"), parent("b"), receive]);
    const { workflows: before } = await engine.engine.list();
    const parents = before.filter(({ id }) => id !== root);
    expect(parents).toHaveLength(2);
    await Promise.all(parents.map(({ id }) => engine.engine.send(id, "go", "1")));
    await until(() => looking.length > 0);
    const failed = async (): Promise<readonly string[]> =>
      (await engine.engine.list({ status: "failed" })).workflows.map(
        ({ error }) => error?.code ?? "",
      );
    while ((await failed()).length === 0 && looking.length < 2) {
      await turn();
    }
    for (const found of looking) {
      found();
    }
    await engine.engine.whenIdle();
    expect(await failed()).toEqual(["CHILD_LIMIT"]);
    expect((await engine.engine.list({ status: "running" })).workflows).toHaveLength(3);
  });

  test("childrenPerSecond: those beyond the limit wait for their turn", async () => {
    await using engine = await open({ limits: { childrenPerSecond: 2 } });
    const id = await engine.launch("script", [start(), start(), start()]);
    expect(await engine.status(id)).toBe("running");
    await engine.pass(500);
    expect(await engine.status(id)).toBe("completed");
  });

  test("textCharacters: a longer input is refused", async () => {
    await using engine = await open({ limits: { textCharacters: 600 } });
    const id = await engine.launch("script", [
      { ask: ["info", {}] },
      start({ input: Array.from({ length: 20 }, () => ({ panic: "$0.body" })) }),
    ]);
    expect((await answers(engine, id))[1]).toMatchObject(refused(413, "LIMIT_REACHED"));
  });
});

test("a stubbed child ends immediately", async () => {
  await using engine = await open({ stubbedWorkflows: new Set(["elsewhere"]) });
  const id = await engine.launch("script", [
    start({ workflow: "elsewhere" }),
    result("$0.body.id"),
  ]);
  expect((await answers(engine, id))[1]).toMatchObject({
    body: { status: "completed", response: null },
  });
});

test("a workflow that is terminated while it waits for its turn starts no child", async () => {
  await using engine = await open({ limits: { childrenPerSecond: 1 } });
  const id = await engine.launch("script", [start(), start({ idempotencyKey: "k" })]);
  await engine.engine.terminate(id);
  await engine.pass(5_000);
  expect((await engine.engine.list()).workflows).toHaveLength(2);
  const again = await engine.launch("script", [start({ idempotencyKey: "k" })]);
  expect(await answers(engine, again)).toMatchObject([{ status: 200 }]);
});

describe.each(memoryModes)("whenever a crash happens, $mode", ({ limits }) => {
  test.each([
    ["a child", {}, true],
    ["a child", {}, false],
    ["a keyed child", { idempotencyKey: "k" }, true],
    ["a keyed child", { idempotencyKey: "k" }, false],
    ["a bound child", { onParentEnd: "cancel" }, true],
  ])("%s is there once, and its parent knows it", async (_what, more, groupCommits) => {
    const runs = await crashedRuns({
      module: "extensions",
      workflow: "script",
      input: [start(more), result("$0.body.id")],
      limits,
      groupCommits,
    });
    expect(runs.length).toBeGreaterThan(2);
    for (const { run, where, workflow } of runs) {
      const told = JSON.parse(workflow.response ?? "null") as readonly unknown[];
      expect(run.children, where).toMatchObject([{ status: "completed", parent: workflow.id }]);
      expect(idOf(told[0]), where).toBe(run.children[0]?.id);
      expect(told[1], where).toMatchObject({ body: { status: "completed" } });
    }
  });
});
