import { describe, expect, test } from "vitest";
import { isSealed, Seal } from "../../store/seal.ts";
import { MemoryStorage } from "../../store/memory-storage.ts";
import { MemoryWorkflowStore } from "../../store/memory-workflow-store.ts";
import { SealedWorkflowStore } from "../../store/sealed-workflow-store.ts";
import { fixtureAs } from "../../testing/other-version.ts";
import { TestEngine, type TestEngineOptions } from "../../testing/test-engine.ts";
import { fromPublicId } from "../../workflow/workflow-id.ts";
import type { ForkRequest } from "../types.ts";

const receive = { call: { RecvMessage: [null, ["go"]] } };
const random = { call: { Random: { I64: 0 } } };

function open(options: TestEngineOptions = {}): Promise<TestEngine> {
  return TestEngine.open({ module: "extensions", ...options });
}

/** A workflow that waits in its third step, after the input and a random number. */
async function waiting(engine: TestEngine): Promise<string> {
  return engine.launch("script", [random, receive, { panic: "no" }]);
}

describe("a fork is refused, and changes nothing:", () => {
  test.each<[string, ForkRequest, string, string]>([
    ["below 0", { fromStep: -1 }, "INVALID_REQUEST", "Expected a step from 0 on"],
    ["from half a step", { fromStep: 1.5 }, "INVALID_REQUEST", "Expected a step from 0 on"],
    [
      "from a step without an answer",
      { fromStep: 3 },
      "INVALID_REQUEST",
      "that step has no answer. The last one with an answer is 2.",
    ],
    ["beyond the end", { fromStep: 4 }, "INVALID_REQUEST", "it has only 2 steps with answers."],
    [
      "on a version that is not deployed",
      { fromStep: 2, version: "9.9.9" },
      "MODULE_NOT_FOUND",
      'Module "extensions" is not deployed in version "9.9.9", but in 1.0.0, 1.0.1.',
    ],
    [
      "on a version of another module",
      { fromStep: 2, version: "2.0.0" },
      "MODULE_NOT_FOUND",
      'is not deployed in version "2.0.0"',
    ],
  ])("%s", async (_what, request, code, message) => {
    await using engine = await open();
    await engine.engine.deploy(fixtureAs("extensions", "1.0.1"));
    await engine.engine.deploy(fixtureAs("conformance", "2.0.0"));
    const old = await waiting(engine);

    await expect(engine.engine.fork(old, { ...request, terminate: true })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message) as string,
    });
    expect(await engine.status(old)).toBe("running");
    expect(await engine.engine.workflow(old)).toMatchObject({ restarts: [] });
    expect((await engine.engine.list()).workflows).toHaveLength(1);
  });

  test("of one that is still running, unless it is to be terminated", async () => {
    await using engine = await open();
    const old = await waiting(engine);
    await expect(engine.engine.fork(old, { fromStep: 1 })).rejects.toMatchObject({
      code: "WORKFLOW_RUNNING",
      message: expect.stringContaining("only one that has ended can be forked") as string,
    });
  });

  test("if the module does something else, before the old one is terminated", async () => {
    const storage = new MemoryStorage();
    await using engine = await open({ storage });
    const old = await waiting(engine);
    // The journal's second step is from another build of the module.
    const entry = storage.workflows.get(fromPublicId(old) ?? 0);
    entry?.lines.splice(
      0,
      entry.lines.length,
      ...entry.lines.map((text) => text.replace('{"Random":{"I64":0}}', '{"Random":"U8"}')),
    );

    await expect(engine.engine.fork(old, { fromStep: 2, terminate: true })).rejects.toMatchObject({
      code: "REPLAY_MISMATCH",
      message: `Workflow ${old} can't be forked from step 2 with extensions 1.0.0: replay took another way at step 2: recorded was {"Random":"U8"}, but now came {"Random":{"I64":0}}. Nothing was started.`,
    });
    // The step in which they differ is not taken over.
    const { id } = await engine.engine.fork(old, { fromStep: 1, terminate: true });
    await engine.engine.whenIdle();
    expect((await engine.steps(id)).length).toBe(3);
  });

  test("if the workflow is not in the other version", async () => {
    await using engine = await open();
    const old = await waiting(engine);
    const other = fixtureAs("extensions", "1.0.1").toString("latin1");
    const renamed = other.replace(/(#flawless#workflow#(?:init|run)#)script/g, "$1scrapt");
    await engine.engine.deploy(Buffer.from(renamed, "latin1"));

    await expect(
      engine.engine.fork(old, { fromStep: 1, version: "1.0.1", terminate: true }),
    ).rejects.toMatchObject({
      code: "WORKFLOW_NOT_FOUND",
      message: expect.stringMatching(
        /can't be forked\. Module extensions 1\.0\.1 has no workflow "script", only .*scrapt/,
      ) as string,
    });
    expect(await engine.status(old)).toBe("running");
  });

  test("if a key was used for another request", async () => {
    await using engine = await open();
    const old = await engine.launch("script", [random]);
    const idempotencyKey = "again";
    await engine.engine.fork(old, { fromStep: 1, idempotencyKey });
    for (const other of [
      engine.engine.restart(old, { idempotencyKey }),
      engine.engine.fork(old, { fromStep: 0, idempotencyKey }),
      engine.engine.fork(old, { fromStep: 1, version: "1.0.0", idempotencyKey }),
    ]) {
      await expect(other).rejects.toMatchObject({
        code: "IDEMPOTENCY_CONFLICT",
        message: expect.stringContaining("(fork from step 1)") as string,
      });
    }
  });

  test("from steps after it learned that it is asked to cancel", async () => {
    await using engine = await open();
    const cancel = "flawless:cancel";
    const hears = { call: { RecvMessage: [null, [cancel]] } };
    const old = await engine.launch("script", [random, hears, random]);
    await engine.engine.cancel(old);
    await engine.end(old);

    await expect(engine.engine.fork(old, { fromStep: 3 })).rejects.toMatchObject({
      code: "INVALID_REQUEST",
      message: `Workflow ${old} can't be forked from step 3: it was told at step 3 that it is asked to cancel. Fork it from an earlier step.`,
    });
    const { id } = await engine.engine.fork(old, { fromStep: 2 });
    await engine.engine.whenIdle();
    // It waits: the request to cancel the old one doesn't apply to the fork.
    expect(await engine.info(id)).toMatchObject({ status: "running", cancelBy: null });
  });

  test("with more steps than a journal may have", async () => {
    await using before = await open();
    const old = await before.launch("script", [random, random, random]);
    await using after = await before.restart({ limits: { journalSteps: 3 } });
    await expect(after.engine.fork(old, { fromStep: 4 })).rejects.toMatchObject({
      code: "LIMIT_REACHED",
      message: expect.stringContaining("more than its limit of 3 steps") as string,
    });
  });
});

test("what was encrypted in the old one is encrypted in the fork", async () => {
  const storage = new MemoryStorage();
  const wrapStore = (): SealedWorkflowStore =>
    new SealedWorkflowStore(new MemoryWorkflowStore(storage), new Seal(Buffer.alloc(32, 7)));
  await using engine = await open({ storage, wrapStore, secrets: { TOKEN: "s3cret" } });
  const old = await engine.launch("script", [
    { call: { GetSecret: "TOKEN" } },
    { ask: ["state", { value: "s3cret" }] },
    receive,
    { panic: "no" },
  ]);
  await engine.send(old, "go", "s3cret");
  await engine.end(old);
  const { id } = await engine.engine.fork(old, { fromStep: 3 });
  await engine.end(id);
  expect(await engine.engine.state(id)).toBe('"s3cret"');

  const entry = storage.workflows.get(fromPublicId(id) ?? 0);
  expect(entry?.lines.every(isSealed)).toBe(true);
  expect(JSON.stringify(entry) + JSON.stringify([...(entry?.notes ?? [])])).not.toContain("s3cret");
  expect((await engine.steps(id)).length).toBeGreaterThan(3);
});
