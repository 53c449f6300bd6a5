import { describe, expect, test } from "vitest";
import { FailingStore } from "../testing/store-wrapper.ts";
import { responseTo } from "../testing/scripted-http-client.ts";
import { memoryModes, TestEngine } from "../testing/test-engine.ts";
import { until } from "../testing/until.ts";

describe.each(memoryModes)("the limit of a journal, $mode", ({ limits }) => {
  test("ends a workflow whose responses fill it", async () => {
    await using engine = await TestEngine.open({
      limits: { ...limits, journalBytes: 50_000 },
    });
    engine.http.script = (request) => responseTo(request, { body: "x".repeat(10_000) });
    const urls = Array.from({ length: 100 }, (_, index) => `http://site/${index}`);

    await expect(engine.run("http_sequence", { urls })).rejects.toMatchObject({
      code: "WORKFLOW_FAILED",
      message: expect.stringContaining("limit of 50000 bytes") as string,
    });
    expect(engine.http.sent.length).toBeLessThan(10);
  });

  test("ends a workflow that only sleeps", async () => {
    await using engine = await TestEngine.open({ limits: { ...limits, journalBytes: 1_000 } });
    const id = await engine.launch("sleep_steps", { count: 1_000, ms: 10 });
    await engine.pass(10_000);

    expect(await engine.info(id)).toMatchObject({
      status: "failed",
      error: { code: "JOURNAL_LIMIT" },
    });
    expect((await engine.steps(id)).length).toBeLessThan(50);
  });

  test("ends a workflow with too many steps", async () => {
    await using engine = await TestEngine.open({ limits: { ...limits, journalSteps: 20 } });
    const id = await engine.launch("sleep_steps", { count: 100, ms: 10 });
    await engine.pass(10_000);

    expect((await engine.info(id)).error).toEqual({
      code: "JOURNAL_LIMIT",
      message:
        "the workflow has made more than its limit of 20 steps: let it go on in a new workflow, or raise journalSteps",
    });
  });

  test("does not affect those that stay below it", async () => {
    await using engine = await TestEngine.open({
      limits: { ...limits, journalBytes: 2_000, journalSteps: 12 },
    });
    const id = await engine.launch("sleep_steps", { count: 10, ms: 10 });
    await engine.pass(100);

    expect(await engine.status(id)).toBe("completed");
  });
});

describe.each(memoryModes)("the limit of a mailbox, $mode", ({ limits }) => {
  test("applies to what waits in it; there is room again when a message was received", async () => {
    await using engine = await TestEngine.open({ limits: { ...limits, mailboxMessages: 3 } });
    const id = await engine.launch("receive_only_b_then_a");
    for (const n of [1, 2, 3]) {
      await engine.send(id, "a", { n });
    }
    await expect(engine.engine.send(id, "b", '{"n":4}')).rejects.toMatchObject({
      code: "LIMIT_REACHED",
      message: `The mailbox of workflow ${id} is full: 3 messages wait in it.`,
    });
    expect(await engine.status(id)).toBe("running");
  });

  test("also applies to bytes, including those of the types", async () => {
    await using engine = await TestEngine.open({ limits: { ...limits, mailboxBytes: 20 } });
    const id = await engine.launch("receive_many", { count: 1 });
    await engine.send(id, "other", "ää");

    await expect(engine.engine.send(id, "other", '"1234"')).rejects.toMatchObject({
      code: "LIMIT_REACHED",
      message: `The mailbox of workflow ${id} is full: 11 bytes wait in it, and with 11 more it would exceed the limit mailboxBytes of 20.`,
    });
    await engine.send(id, "other", 1234);
  });

  test("counts bytes from before a restart, but not those that were received", async () => {
    await using before = await TestEngine.open({ limits: { ...limits, mailboxBytes: 20 } });
    const id = await before.launch("receive_many", { count: 2 });
    await before.send(id, "other", "ää");
    await before.send(id, "a", { n: 1 });
    await using after = await before.restart();

    await expect(after.engine.send(id, "other", "12345")).rejects.toMatchObject({
      code: "LIMIT_REACHED",
    });
    await after.send(id, "a", { n: 2 });
    expect(await after.status(id)).toBe("completed");
  });

  test("counts messages from before a restart, but not those that were received", async () => {
    await using before = await TestEngine.open({ limits: { ...limits, mailboxMessages: 2 } });
    const id = await before.launch("receive_many", { count: 2 });
    await before.send(id, "other", {});
    await before.send(id, "a", { n: 1 });
    await using after = await before.restart();
    await after.send(id, "other", {});

    await expect(after.engine.send(id, "a", '{"n":2}')).rejects.toMatchObject({
      code: "LIMIT_REACHED",
    });
  });
});

test("the limit of the queue refuses starts beyond it; those in it are run when there is room", async () => {
  let store: FailingStore | undefined;
  await using engine = await TestEngine.open({
    limits: { residentGuests: 1, queuedWorkflows: 2, idleGuestMs: 0 },
    wrapStore: (inner) => (store = new FailingStore(inner)),
  });
  const first = await engine.launch("sleep_ms", { ms: 100 });
  // The first one takes the only place, and stays there until its journal is saved.
  const release = store?.hold();
  engine.clock.advance(100);
  await until(() => engine.engine.statistics().computing > 0);
  const queued = [engine.run("add", { a: 1, b: 1 }), engine.run("add", { a: 2, b: 2 })];

  await expect(engine.run("noop")).rejects.toMatchObject({
    code: "LIMIT_REACHED",
    message: "2 workflows wait for a place to run already. Try again later.",
  });
  release?.();

  expect(await Promise.all(queued)).toEqual([2, 4]);
  expect(await engine.end(first)).toMatchObject({ status: "completed" });
  expect(await engine.run("noop")).toBeNull();
});

test("the limit of a text refuses a longer input, and accepts one of the same length", async () => {
  await using engine = await TestEngine.open({ limits: { textCharacters: 10 } });

  expect((await engine.startText("echo", '"12345678"')).response).toBe('"12345678"');
  await expect(engine.startText("echo", '"123456789"')).rejects.toMatchObject({
    code: "INVALID_REQUEST",
    message: "The input has 11 characters, but at most 10 are allowed.",
  });
});
