import { describe, expect, test } from "vitest";
import { memoryModes, TestEngine } from "../testing/test-engine.ts";

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

  test("whose request is under way aborts that", async () => {
    await using engine = await TestEngine.open({ limits });
    engine.http.script = () => new Promise(() => undefined);
    const id = await engine.launch("http", { method: "POST", url: "http://site/" });
    await engine.requests(1);
    await engine.engine.cancel(id);

    expect(engine.http.sent[0]?.signal.aborted).toBe(true);
    expect(await engine.status(id)).toBe("cancelled");
    expect(engine.clock.timers).toBe(0);
  });

  test("with messages in its mailbox clears that", async () => {
    await using engine = await TestEngine.open({ limits });
    const id = await engine.launch("receive_only_b_then_a");
    await engine.send(id, "a", { n: 1 });
    await engine.engine.cancel(id);

    expect([...engine.storage.workflows.values()].map(({ mailbox }) => mailbox)).toEqual([[]]);
  });

  test("twice gives the same answer twice", async () => {
    await using engine = await TestEngine.open({ limits });
    const id = await engine.launch("receive");
    const first = await engine.engine.cancel(id);
    engine.clock.advance(1_000);

    expect(await engine.engine.cancel(id)).toEqual(first);
    await using after = await engine.restart();
    expect(await after.engine.cancel(id)).toEqual(first);
  });
});

test("a workflow that was asked to be cancelled before its guest began, never begins", async () => {
  await using engine = await TestEngine.open();
  const started = engine.startText("logs", "null", { detached: true });
  const { id } = await started;
  const [first] = await Promise.all([engine.engine.cancel(id), engine.engine.whenIdle()]).catch(() => []);

  // Either it was over by then, or it never gets further.
  expect(["cancelled", "completed"]).toContain(first?.status ?? (await engine.status(id)));
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
      message: `workflow ${id} is ${status}; it can't be cancelled any more`,
    });
    expect(await engine.status(id)).toBe(status);
  });

  test.each(["wkf_1", "", "__proto__"])("for %j, which is none", async (id) => {
    await using engine = await TestEngine.open();

    await expect(engine.engine.cancel(id)).rejects.toMatchObject({ code: "WORKFLOW_NOT_FOUND" });
  });
});

test("a child goes on when its parent is cancelled", async () => {
  await using engine = await TestEngine.open();
  engine.http.script = () => new Promise(() => undefined);
  const parent = await engine.launch("all_calls", { url: "http://site", secret: "none" });
  await engine.engine.cancel(parent);
  await engine.pass(1_000);

  expect(engine.http.sent).toEqual([]);
  expect(await engine.status(parent)).toBe("cancelled");
});
