import { describe, expect, test } from "vitest";
import { FailingStore } from "../../testing/store-wrapper.ts";
import { HeldResponses, responseTo } from "../../testing/scripted-http-client.ts";
import { memoryModes, TestEngine } from "../../testing/test-engine.ts";
import { rejectionOf, until } from "../../testing/until.ts";
import { toPublicId, WorkflowIds } from "../../workflow/workflow-id.ts";

describe.each(memoryModes)("cancelling a workflow, $mode", ({ limits }) => {
  test.each([
    ["that sleeps", "sleep_ms", { ms: 1_000 }],
    ["that waits for a message", "receive", null],
    ["that waits for a message with a time-out", "receive_timeout", { ms: 1_000 }],
  ])("%s ends it for good", async (_what, workflow, input) => {
    await using engine = await TestEngine.open({ limits });
    const id = await engine.launch(workflow, input);
    const cancelled = {
      status: "cancelled",
      waiting: null,
      response: null,
      error: null,
      endedAt: "2026-01-02T03:04:05.000Z",
    };

    expect(await engine.engine.cancel(id)).toMatchObject(cancelled);
    await engine.pass(5_000);
    expect(await engine.info(id)).toMatchObject(cancelled);
    await expect(engine.engine.send(id, "approve", "{}")).rejects.toMatchObject({
      code: "WORKFLOW_ENDED",
      message: expect.stringContaining("is cancelled") as string,
    });
    await using after = await engine.restart();
    await after.pass(5_000);
    expect(await after.info(id)).toMatchObject(cancelled);
  });

  test("aborts its request under way", async () => {
    await using engine = await TestEngine.open({ limits });
    engine.http.script = () => new Promise(() => undefined);
    const id = await engine.launch("http", { method: "POST", url: "http://site/" });
    await engine.requests(1);
    await engine.engine.cancel(id);

    expect(engine.http.sent[0]?.signal.aborted).toBe(true);
    expect(await engine.status(id)).toBe("cancelled");
    expect(engine.clock.timers).toBe(0);
  });

  test("keeps the messages in its mailbox, for a fork of it", async () => {
    await using engine = await TestEngine.open({ limits });
    const id = await engine.launch("receive_only_b_then_a");
    await engine.send(id, "a", { n: 1 });
    await engine.engine.cancel(id);

    expect([...engine.storage.workflows.values()]).toMatchObject([
      { mailbox: [{ type: "a", data: '{"n":1}' }] },
    ]);
  });

  test("twice gives the same result twice", async () => {
    await using engine = await TestEngine.open({ limits });
    const id = await engine.launch("receive");
    const first = await engine.engine.cancel(id);
    engine.clock.advance(1_000);

    expect(await engine.engine.cancel(id)).toEqual(first);
    await using after = await engine.restart();
    expect(await after.engine.cancel(id)).toEqual(first);
  });
});

test("a workflow that is cancelled while it waits for its turn never begins", async () => {
  let store: FailingStore | undefined;
  await using engine = await TestEngine.open({
    limits: { residentGuests: 1, idleGuestMs: 0 },
    wrapStore: (inner) => (store = new FailingStore(inner)),
  });
  const first = await engine.launch("sleep_ms", { ms: 100 });
  // The first one takes the only place, and stays there until its journal has been read.
  const release = store?.hold();
  engine.clock.advance(100);
  await until(() => engine.engine.statistics().computing > 0);
  const second = toPublicId(new WorkflowIds(engine.clock, 0).next());
  const started = engine.startText("logs");
  const refused = rejectionOf(started);
  const cancelled = engine.engine.cancel(second);
  release?.();

  expect(await cancelled).toMatchObject({ status: "cancelled", workflow: "logs" });
  expect(await refused).toMatchObject({ code: "WORKFLOW_CANCELLED" });
  expect(await engine.end(first)).toMatchObject({ status: "completed" });
  expect(await engine.run("noop")).toBeNull();
  expect(engine.logs).toEqual([]);
});

describe("cancelling is refused", () => {
  test.each([
    ["completed", "noop", "null"],
    ["failed", "panic_after_response", "null"],
  ])("for a workflow that is %s", async (status, workflow, input) => {
    await using engine = await TestEngine.open();
    const { id } = await engine.startText(workflow, input);
    await engine.end(id);

    await expect(engine.engine.cancel(id)).rejects.toMatchObject({
      code: "WORKFLOW_ENDED",
      message: `Workflow ${id} is ${status}: it can't be cancelled any more.`,
    });
    expect(await engine.status(id)).toBe(status);
  });

  test.each(["wkf_1", "", "__proto__"])("for %j, which is none", async (id) => {
    await using engine = await TestEngine.open();

    await expect(engine.engine.cancel(id)).rejects.toMatchObject({ code: "WORKFLOW_NOT_FOUND" });
  });
});

test("a child continues when its parent is cancelled", async () => {
  await using engine = await TestEngine.open();
  const held = new HeldResponses();
  engine.http.script = (request) =>
    /child|effect-2/.test(request.url) ? held.script(request) : responseTo(request);
  const parent = await engine.launch("all_calls", { url: "http://site", secret: "none" });
  await engine.pass(20);
  await engine.send(parent, "go", { value: "on" });
  await engine.requests(4);
  await engine.engine.cancel(parent);
  const aborted = new Map(engine.http.sent.map(({ url, signal }) => [url, signal.aborted]));
  held.release();
  held.release();
  const [child] = (await engine.engine.list({ workflow: "child" })).workflows;

  expect(aborted.get("http://site/effect-2")).toBe(true);
  expect(aborted.get("http://site/child")).toBe(false);
  expect(await engine.end(child?.id ?? "")).toMatchObject({ status: "completed", parent });
  expect(await engine.status(parent)).toBe("cancelled");
});
