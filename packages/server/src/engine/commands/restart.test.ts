import { describe, expect, test } from "vitest";
import { Seal, isSealed } from "../../store/seal.ts";
import { MemoryStorage } from "../../store/memory-storage.ts";
import { MemoryWorkflowStore } from "../../store/memory-workflow-store.ts";
import { SealedWorkflowStore } from "../../store/sealed-workflow-store.ts";
import { fixtureAs } from "../../testing/other-version.ts";
import { memoryModes, TestEngine } from "../../testing/test-engine.ts";
import { fromPublicId } from "../../workflow/workflow-id.ts";

const receive = { call: { RecvMessage: [null, ["go"]] } };

/** A workflow that panicked. */
async function failed(engine: TestEngine): Promise<string> {
  const { id } = await engine.startText("panic_with_format", '{"order":17}', { detached: true });
  await engine.end(id);
  return id;
}

async function count(engine: TestEngine): Promise<number> {
  return (await engine.engine.list()).workflows.length;
}

describe.each(memoryModes)("a restart, $mode", ({ limits }) => {
  test("is a new workflow with the same input; each refers to the other", async () => {
    await using engine = await TestEngine.open({ limits });
    const old = await failed(engine);
    const before = await engine.engine.workflow(old);
    const history = await engine.engine.journal(old);
    const { id } = await engine.engine.restart(old);
    await engine.end(id);

    const { restartedFrom, ...again } = await engine.engine.workflow(id);
    expect(restartedFrom).toEqual({ id: old, fromStep: null });
    expect(again).toMatchObject({
      module: "conformance",
      version: "1.0.0",
      workflow: "panic_with_format",
      status: "failed",
      parent: null,
      error: before.error,
      restarts: [],
    });
    expect((await engine.engine.journal(id)).input).toBe('{"order":17}');
    expect(await engine.engine.workflow(old)).toEqual({
      ...before,
      restarts: [{ id, fromStep: null }],
    });
    expect(await engine.engine.journal(old)).toEqual(history);
  });

  test("with a key is one, however often it is requested, and after a crash", async () => {
    await using before = await TestEngine.open({ limits });
    const old = await failed(before);
    const ask = { idempotencyKey: "again" };
    const both = await Promise.all([
      before.engine.restart(old, ask),
      before.engine.restart(old, ask),
    ]);
    await using after = await before.restart();
    const third = await after.engine.restart(old, ask);

    expect(new Set([...both, third].map(({ id }) => id)).size).toBe(1);
    expect(await count(after)).toBe(2);
    // Without it, and with another one, each request creates one more.
    const more = [
      await after.engine.restart(old),
      await after.engine.restart(old),
      await after.engine.restart(old, { idempotencyKey: "once more" }),
    ];
    expect(await count(after)).toBe(5);
    const { restarts } = await after.engine.workflow(old);
    expect(restarts).toEqual([third, ...more].map(({ id }) => ({ id, fromStep: null })));
  });

  test("of one that is still running is refused, unless it is to be terminated", async () => {
    await using engine = await TestEngine.open({ module: "extensions", limits });
    const old = await engine.launch("script", [receive]);
    await expect(engine.engine.restart(old)).rejects.toMatchObject({
      code: "WORKFLOW_RUNNING",
      message: `Workflow ${old} still runs, and only one that has ended can be restarted. Wait for its end, or end it with this request (terminate).`,
    });
    expect(await engine.status(old)).toBe("running");

    const { id } = await engine.engine.restart(old, { terminate: true });
    await engine.engine.whenIdle();
    expect(await engine.status(old)).toBe("cancelled");
    await engine.send(id, "go", 7);
    expect(await engine.response(id)).toEqual([{ Message: ["go", "7"] }]);
  });

  test("of one that continued as new has the input of its last run", async () => {
    await using engine = await TestEngine.open({ module: "extensions", limits });
    const old = await engine.launch("script", [{ ask: ["continue", { input: [receive] }] }]);
    await engine.send(old, "go", 1);
    const { id } = await engine.engine.restart(old);
    await engine.engine.whenIdle();

    expect(await engine.info(old)).toMatchObject({ status: "completed", run: 2 });
    expect(await engine.info(id)).toMatchObject({ status: "running", run: 1 });
    expect((await engine.engine.journal(id)).input).toBe(JSON.stringify([receive]));
  });

  test("has the last labels of the old one, including those of the server", async () => {
    await using engine = await TestEngine.open({ module: "extensions", limits });
    const { id: old } = await engine.engine.start(
      {
        module: "extensions",
        version: "1.0.0",
        workflow: "script",
        input: JSON.stringify([{ ask: ["labels", { set: { paid: "yes" } }] }]),
        labels: { customer: "c-7" },
        serverLabels: { "flawless:from": "test" },
      },
      { detached: true },
    );
    await engine.end(old);
    const { id } = await engine.engine.restart(old);
    await engine.end(id);

    const { labels } = await engine.info(id);
    expect(labels).toEqual({ customer: "c-7", "flawless:from": "test", paid: "yes" });
    expect(labels).toEqual((await engine.info(old)).labels);
  });

  test("of a child has no parent, and the parent learns nothing of it", async () => {
    await using engine = await TestEngine.open({ module: "extensions", limits });
    const parent = await engine.launch("script", [
      { ask: ["start", { workflow: "script", input: [{ panic: "no" }] }] },
      { ask: ["run", { kind: "result", id: "$0.body.id" }] },
    ]);
    const told = (await engine.response(parent)) as { body: Record<string, unknown> }[];
    const child = String(told[0]?.body["id"]);
    const { id } = await engine.engine.restart(child);

    expect(told[1]).toMatchObject({ body: { status: "failed" } });
    expect(await engine.end(id)).toMatchObject({ status: "failed", parent: null });
    expect(await engine.engine.workflow(id)).toMatchObject({
      restartedFrom: { id: child, fromStep: null },
    });
  });
});

test("a key that was used for one workflow is free for another", async () => {
  await using engine = await TestEngine.open();
  const [one, other] = [await failed(engine), await failed(engine)];
  const ask = { idempotencyKey: "again" };
  const ids = [await engine.engine.restart(one, ask), await engine.engine.restart(other, ask)];

  expect(new Set(ids.map(({ id }) => id)).size).toBe(2);
});

test("the newest hundred restarts of a workflow are listed", async () => {
  await using engine = await TestEngine.open();
  const old = await failed(engine);
  const ids: string[] = [];
  for (let restart = 0; restart < 103; restart += 1) {
    ids.push((await engine.engine.restart(old)).id);
  }
  const { restarts } = await engine.engine.workflow(old);

  expect(restarts.map(({ id }) => id)).toEqual(ids.slice(3));
});

describe("a restart is refused", () => {
  test("if there is no such workflow", async () => {
    await using engine = await TestEngine.open();
    for (const id of ["wkf_nobody", "order-7"]) {
      await expect(engine.engine.restart(id)).rejects.toMatchObject({ code: "WORKFLOW_NOT_FOUND" });
    }
  });

  test("if its module's version is no longer deployed, before the old one is terminated", async () => {
    const storage = new MemoryStorage();
    await using before = await TestEngine.open({ module: "extensions", storage });
    const old = await before.launch("script", [receive]);
    storage.modules.clear();
    await using after = await before.restart({ module: "conformance" });
    await after.engine.deploy(fixtureAs("extensions", "1.0.1"));

    await expect(after.engine.restart(old, { terminate: true })).rejects.toMatchObject({
      code: "MODULE_NOT_FOUND",
      message: `Workflow ${old} can't be restarted. Module "extensions" is not deployed in version "1.0.0", but in 1.0.1. To start it again with another version, fork it from step 0.`,
    });
    expect(await after.status(old)).toBe("running");
    expect(await after.engine.workflow(old)).toMatchObject({ restarts: [] });
  });

  test("if the max number of workflows are running", async () => {
    await using engine = await TestEngine.open({ limits: { runningWorkflows: 1 } });
    const old = await failed(engine);
    await engine.launch("sleep_ms", { ms: 1_000 });

    await expect(engine.engine.restart(old)).rejects.toMatchObject({ code: "LIMIT_REACHED" });
    expect(await engine.engine.workflow(old)).toMatchObject({ restarts: [] });
  });
});

test("an input that was encrypted is encrypted in the restart too", async () => {
  const storage = new MemoryStorage();
  const key = Buffer.alloc(32, 7);
  const wrapStore = (): SealedWorkflowStore =>
    new SealedWorkflowStore(new MemoryWorkflowStore(storage), new Seal(key));
  await using engine = await TestEngine.open({
    module: "extensions",
    storage,
    wrapStore,
    secrets: { TOKEN: "s3cret" },
  });
  const parent = await engine.launch("script", [
    { call: { GetSecret: "TOKEN" } },
    { ask: ["start", { workflow: "script", input: [{ panic: "s3cret" }] }] },
  ]);
  const told = (await engine.response(parent)) as { body: Record<string, unknown> }[];
  const child = String(told[1]?.body["id"]);
  await engine.end(child);
  const { id } = await engine.engine.restart(child);
  await engine.end(id);

  const entry = storage.workflows.get(fromPublicId(id) ?? 0);
  expect(isSealed(entry?.workflow.input ?? "")).toBe(true);
  expect(isSealed(entry?.workflow.failure?.message ?? "")).toBe(true);
  expect(await engine.engine.workflow(id)).toMatchObject({
    status: "failed",
    restartedFrom: { id: child, fromStep: null },
  });
  expect(JSON.stringify(entry)).not.toContain("s3cret");
});
