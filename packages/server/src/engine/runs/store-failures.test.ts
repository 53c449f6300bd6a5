import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { StoreWriteError } from "../../store/workflow-store.ts";
import { FailingStore } from "../../testing/store-wrapper.ts";
import { TestEngine } from "../../testing/test-engine.ts";
import { isSettled, rejectionOf, until } from "../../testing/until.ts";

const fullDisk = new StoreWriteError("database or disk is full", { retryable: true });
const brokenDisk = new StoreWriteError("database disk image is malformed", { retryable: false });
const post = { method: "POST", url: "http://site/order", body: "1" };

async function open(): Promise<{ engine: TestEngine; store: FailingStore }> {
  let store: FailingStore | undefined;
  const engine = await TestEngine.open({
    wrapStore: (inner) => (store = new FailingStore(inner)),
  });
  return { engine, store: store as FailingStore };
}

async function degraded(engine: TestEngine): Promise<void> {
  await until(() => engine.engine.health().status === "degraded");
}

describe("while there is no room for the journal", () => {
  // Only the pauses before the journal is retried are faked: everything else works as usual.
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  async function roomAgain(engine: TestEngine, store: FailingStore): Promise<void> {
    store.failure = undefined;
    await vi.advanceTimersByTimeAsync(10_000);
    await until(() => engine.engine.health().status === "ok");
  }

  test("nothing new is accepted, and the engine says why", async () => {
    const { engine, store } = await open();
    await using _engine = engine;
    const id = await engine.launch("receive");
    store.failure = fullDisk;
    const sent = engine.engine.send(id, "other", "1");
    await degraded(engine);

    expect(engine.engine.health()).toMatchObject({
      status: "degraded",
      reason: "database or disk is full",
    });
    const refused = {
      code: "JOURNAL_UNAVAILABLE",
      message:
        "Nothing can be accepted at the moment, as the journal can't be written: database or disk is full",
    };
    await expect(engine.run("noop")).rejects.toMatchObject(refused);
    await expect(engine.engine.send(id, "approve", "{}")).rejects.toMatchObject(refused);
    await expect(engine.engine.cancel(id)).rejects.toMatchObject(refused);
    await expect(engine.engine.deploy(fixtureBytes("crawler"))).rejects.toMatchObject(refused);
    expect(await isSettled(sent)).toBe(false);

    await roomAgain(engine, store);
    await sent;
    expect(engine.engine.health()).toMatchObject({ status: "ok", reason: null });
    await engine.send(id, "approve", { by: "Ada" });
    expect(await engine.status(id)).toBe("completed");
  });

  test("what is durable can still be read", async () => {
    const { engine, store } = await open();
    await using _engine = engine;
    const id = await engine.launch("sleep_ms", { ms: 100 });
    const before = [await engine.info(id), await engine.steps(id)];
    store.failure = fullDisk;
    const cancelled = engine.engine.cancel(id);
    await degraded(engine);

    expect([await engine.info(id), await engine.steps(id)]).toEqual(before);
    expect((await engine.engine.list()).workflows).toEqual([before[0]]);
    expect(await engine.engine.modules()).toHaveLength(1);
    await roomAgain(engine, store);
    expect(await cancelled).toMatchObject({ status: "cancelled" });
    expect((await engine.engine.list()).workflows).toMatchObject([{ status: "cancelled" }]);
  });

  test("what was requested before waits, and is done once there is room", async () => {
    const { engine, store } = await open();
    await using _engine = engine;
    store.failure = fullDisk;
    const started = engine.startText("add", '{"a":1,"b":2}');
    await degraded(engine);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await isSettled(started)).toBe(false);
    expect(engine.storage.workflows.size).toBe(0);
    await roomAgain(engine, store);

    expect((await started).response).toBe("3");
    expect(engine.storage.workflows.size).toBe(1);
  });

  test("what was started then is never denied: whoever asks waits a while, and is told to ask again", async () => {
    const { engine, store } = await open();
    await using _engine = engine;
    store.failure = fullDisk;
    const key = { idempotencyKey: "order-1" };
    const started = engine.engine.start(
      { module: "conformance", version: "1.0.0", workflow: "receive", input: "null", ...key },
      { detached: true },
    );
    await degraded(engine);
    const id = await engine.engine.idOfKey("order-1");
    const unavailable = {
      code: "JOURNAL_UNAVAILABLE",
      workflowId: id,
      message: `Workflow ${id} was started, and could not be saved within 5000 ms. Ask again later.`,
    };
    for (const ask of [
      () => engine.engine.workflow(id),
      () => engine.engine.journal(id),
      () => engine.engine.state(id),
    ]) {
      const refused = rejectionOf(ask());
      await isSettled(refused);
      await vi.advanceTimersByTimeAsync(5_000);
      expect(await refused).toMatchObject(unavailable);
    }
    const asked = engine.engine.workflow(id);
    expect(await isSettled(asked)).toBe(false);
    store.failure = undefined;
    // The journal is retried within this time, while the request is still waiting.
    await vi.advanceTimersByTimeAsync(4_000);
    expect(await asked).toMatchObject({ id, status: "running" });
    expect((await started).id).toBe(id);
  });

  test("no request is sent; it is sent once, when there is room", async () => {
    const { engine, store } = await open();
    await using _engine = engine;
    store.failure = fullDisk;
    const response = engine.run("http", post);
    await degraded(engine);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(engine.http.sent).toEqual([]);
    await roomAgain(engine, store);

    expect(await response).toMatchObject({ ok: { status: 200 } });
    expect(engine.http.sent).toHaveLength(1);
  });

  test("a crash loses nothing that was accepted", async () => {
    const { engine, store } = await open();
    await using _engine = engine;
    const id = await engine.launch("receive_many", { count: 2 });
    await engine.send(id, "a", { n: 1 });
    store.failure = fullDisk;
    const refused = rejectionOf(engine.engine.send(id, "b", '{"n":2}'));
    await degraded(engine);
    await using after = await engine.restart();
    expect(await refused).toMatchObject({
      code: "CLOSED",
    });
    expect(await after.info(id)).toMatchObject({ status: "running", waiting: { on: "message" } });
    await after.send(id, "b", { n: 3 });

    expect(await after.response(id)).toEqual([
      { type: "a", n: 1 },
      { type: "b", n: 3 },
    ]);
  });

  test("a close gives up after its time limit, and says that what waited was not accepted", async () => {
    const { engine, store } = await open();
    await using _engine = engine;
    store.failure = fullDisk;
    const started = engine.startText("sleep_ms", '{"ms":1}', { detached: true });
    const refused = rejectionOf(started);
    await degraded(engine);
    await engine.engine.close({ graceMs: 1 });

    expect(await refused).toMatchObject({ code: "CLOSED" });
    expect(engine.storage.workflows.size).toBe(0);
  });
});

describe("a journal that can never be written again", () => {
  test("is reported to all who wait, and to all who come later", async () => {
    const { engine, store } = await open();
    await using _engine = engine;
    const id = await engine.launch("receive");
    const ended = engine.engine.wait(id, { timeoutMs: 900_000 });
    await engine.engine.whenIdle();
    store.failure = brokenDisk;
    const damaged = {
      code: "JOURNAL_DAMAGED",
      message: "The journal can't be written any more: database disk image is malformed",
      cause: brokenDisk,
    };
    const errors = await Promise.all(
      [
        engine.run("noop"),
        engine.run("sleep_ms", { ms: 100 }),
        engine.startText("noop", "null", { detached: true }),
        engine.engine.send(id, "other", "1"),
        ended,
      ].map(rejectionOf),
    );
    expect(errors).toMatchObject([damaged, damaged, damaged, damaged, damaged]);

    expect(engine.engine.health()).toMatchObject({
      status: "degraded",
      reason: "database disk image is malformed",
    });
    await expect(engine.run("noop")).rejects.toMatchObject({ code: "JOURNAL_UNAVAILABLE" });
    await expect(engine.engine.cancel(id)).rejects.toMatchObject({ code: "JOURNAL_UNAVAILABLE" });
    expect(engine.takeErrors()).toContainEqual(expect.objectContaining(damaged));
  });

  test("lets no request be sent", async () => {
    const { engine, store } = await open();
    await using _engine = engine;
    store.failure = brokenDisk;
    await expect(engine.run("http", post)).rejects.toMatchObject({ code: "JOURNAL_DAMAGED" });
    await until(() => engine.errors.length > 0);

    expect(engine.http.sent).toEqual([]);
    expect(engine.takeErrors().length).toBeGreaterThan(0);
  });

  test("leaves what was durable to the next engine", async () => {
    const { engine, store } = await open();
    await using _engine = engine;
    const id = await engine.launch("sleep_ms", { ms: 100 });
    store.failure = brokenDisk;
    await expect(engine.run("noop")).rejects.toMatchObject({ code: "JOURNAL_DAMAGED" });
    await engine.engine.close({ graceMs: 1 });
    engine.takeErrors();
    await using after = await engine.restart();
    await after.pass(100);

    expect(await after.response(id)).toBe("slept");
    expect((await after.engine.list()).workflows).toHaveLength(1);
  });
});

test("a journal that can't be read for a moment costs its workflow nothing but that moment", async () => {
  let store: FailingStore | undefined;
  await using engine = await TestEngine.open({
    limits: { idleGuestMs: 0 },
    wrapStore: (inner) => (store = new FailingStore(inner)),
  });
  const id = await engine.launch("sleep_ms", { ms: 5_000 });
  (store as FailingStore).unreadable = 2;
  await engine.pass(5_000);
  expect(await engine.status(id)).toBe("running");
  await engine.pass(2_000);

  expect((await engine.end(id)).status).toBe("completed");
  expect(engine.takeErrors().map(String)).toEqual([
    "Error: disk I/O error",
    "Error: disk I/O error",
  ]);
});
