import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { WorkflowStore } from "../../store/workflow-store.ts";
import { CrashingStore } from "../../testing/crash-sweep.ts";
import { HeldResponses, requestLine, responseTo } from "../../testing/scripted-http-client.ts";
import { SharedOutcomes } from "../../testing/shared-outcomes.ts";
import { FailingStore } from "../../testing/store-wrapper.ts";
import { TestClock } from "../../testing/test-clock.ts";
import { memoryModes, TestEngine, type TestEngineOptions } from "../../testing/test-engine.ts";
import { until } from "../../testing/until.ts";

/** Shorter than the time limit of requests. */
const graceMs = 20_000;
const close = { graceMs, handOverAfterMs: 0 };
const interrupted = { transport_error: { kind: "RequestInterrupted" } };

const post = (path: string): object => ({ method: "POST", url: `http://site${path}`, body: "" });
const http = (path: string): object => ({
  kind: "http",
  request: {
    config: { idempotent: false, timeout: { secs: 120, nanos: 0 }, response_body_limit: 1_000 },
    method: "POST",
    url: `http://site${path}`,
    headers: [],
    body: "",
  },
});

/** Engines one after the other on the same store. */
class Engines implements AsyncDisposable {
  readonly clock = new TestClock();
  readonly outcomes = new SharedOutcomes(this.clock);
  readonly held = new HeldResponses();
  engine: TestEngine | undefined;

  /** @param given e.g. `outcomes` undefined: none can be passed on */
  async open(given: TestEngineOptions = {}): Promise<TestEngine> {
    const { clock, outcomes } = this;
    this.engine = await TestEngine.open({ clock, outcomes, ...given });
    this.engine.http.script = this.held.script;
    return this.engine;
  }

  /** Closes the engine, or stops it like a crash, and opens the next one. */
  async next(
    how: "close" | "crash" = "close",
    changed: TestEngineOptions = {},
    crash?: Crash,
  ): Promise<TestEngine> {
    const before = this.engine as TestEngine;
    if (how === "close") {
      await before.engine.close(close);
    }
    this.engine = await before.restart(changed);
    await Promise.race([this.engine.engine.whenIdle(), crash?.happened ?? new Promise(() => {})]);
    return this.engine;
  }

  /** Lets the outcome of the oldest request under way come. */
  async release(body: string): Promise<void> {
    this.held.release({ body });
    await until(() => this.outcomes.stored.size > 0 || this.outcomes.removed.length > 0);
    await this.engine?.engine.whenIdle();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.engine?.[Symbol.asyncDispose]();
  }
}

/** A crash at one transaction of an engine. */
class Crash {
  readonly #happened = Promise.withResolvers<void>();
  readonly wrap: (store: WorkflowStore) => WorkflowStore;
  isOver = false;

  constructor(side: "before" | "after", commit: number) {
    this.wrap = (store) =>
      new CrashingStore(store, { side, commit }, () => {
        this.isOver = true;
        this.#happened.resolve();
      });
  }

  get happened(): Promise<void> {
    return this.#happened.promise;
  }
}

describe("a request that may be sent only once, whose engine is closed", () => {
  test.each(memoryModes)("has its outcome in the next engine: $mode", async ({ limits }) => {
    await using engines = new Engines();
    const first = await engines.open({ limits });
    const id = await first.launch("http", post("/order"));
    const second = await engines.next();
    expect(await second.info(id)).toMatchObject({
      status: "running",
      waiting: { on: "http", url: "http://site/order" },
    });
    await engines.release("taken");

    expect(await second.response(id)).toMatchObject({ ok: { body: "taken" } });
    expect(second.http.lines).toEqual(["POST /order"]);
    // What was found is not kept.
    await until(() => engines.outcomes.removed.length === 1);
    expect(engines.outcomes.stored.size).toBe(0);
  });

  test("keeps no other workflow from sending such a request in the next engine", async () => {
    await using engines = new Engines();
    const first = await engines.open();
    await first.launch("http", post("/slow"));
    const second = await engines.next();
    second.http.script = (request) => responseTo(request, { body: "at once" });
    const id = await second.launch("http", post("/other"));
    expect(await second.response(id)).toMatchObject({ ok: { body: "at once" } });
    expect(second.http.lines).toEqual(["POST /slow", "POST /other"]);
  });

  test("may have an outcome that is an error", async () => {
    await using engines = new Engines();
    const first = await engines.open();
    const [failed, refused] = [
      await first.launch("http", post("/fails")),
      await first.launch("http", post("/refuses")),
    ];
    const second = await engines.next();
    engines.held.fail(new Error("the connection was reset"));
    engines.held.release({ statusCode: 409, body: "no" });
    await second.end(failed);
    await second.end(refused);
    expect(await second.response(failed)).toMatchObject({
      transport_error: { kind: "Io", message: "the connection was reset" },
    });
    expect(JSON.stringify(await second.response(refused))).toContain("409");
    expect(second.http.sent).toHaveLength(2);
  });

  test("may be an operation, or several", async () => {
    await using engines = new Engines();
    const first = await engines.open({ module: "extensions" });
    const several = await first.launch("script", [
      { ask: ["begin", { operation: 1, ...http("/1") }] },
      { ask: ["begin", { operation: 2, ...http("/2") }] },
      { ask: ["wait", { operations: [2] }] },
      { ask: ["wait", { operations: [1] }] },
    ]);
    const alone = await first.launch("script", [{ ask: ["run", http("/3")] }]);
    expect(engines.held.size).toBe(3);
    const second = await engines.next();
    for (const body of ["one", "two", "three"]) {
      engines.held.release({ body });
    }
    await second.end(several);
    await second.end(alone);

    const bodies = (text: unknown): readonly string[] =>
      [...JSON.stringify(text).matchAll(/"body":"([A-Za-z0-9+/=]+)"/g)].map(([, body = ""]) =>
        Buffer.from(body, "base64").toString(),
      );
    expect(bodies(await second.response(several))).toEqual(["two", "one"]);
    expect(bodies(await second.response(alone))).toEqual(["three"]);
    expect(second.http.sent.map(requestLine)).toEqual(["POST /1", "POST /2", "POST /3"]);
    await until(() => engines.outcomes.removed.length === 3);
  });

  test("is recorded by the engine that sent it if its response comes soon", async () => {
    await using engines = new Engines();
    const first = await engines.open();
    const id = await first.launch("http", post("/order"));
    const closed = first.engine.close({ graceMs, handOverAfterMs: graceMs });
    engines.held.release({ body: "taken" });
    await closed;
    const second = await engines.next("crash");
    expect(await second.response(id)).toMatchObject({ ok: { body: "taken" } });
    expect(second.http.sent).toHaveLength(1);
    expect(engines.outcomes.removed).toEqual([]);
  });

  test("is not begun by an engine that is closing: the next one sends it", async () => {
    await using engines = new Engines();
    let store: FailingStore | undefined;
    const first = await engines.open({ wrapStore: (inner) => (store = new FailingStore(inner)) });
    const urls = ["http://site/1", "http://site/2"];
    const id = await first.launch("http_sequence", { urls });
    const release = store?.hold();
    const closed = first.engine.close(close);
    engines.held.release({ body: "first" });
    release?.();
    await closed;
    expect(first.http.lines).toEqual(["GET /1"]);
    const second = await engines.next("crash", { wrapStore: (inner) => inner });
    await until(() => engines.held.size === 1);
    engines.held.release({ body: "second" });
    await second.end(id);
    expect(await second.response(id)).toMatchObject([
      { ok: { body: "first" } },
      { ok: { body: "second" } },
    ]);
    expect(second.http.lines).toEqual(["GET /1", "GET /2"]);
  });

  test("is interrupted once the time is over, and aborted", async () => {
    await using engines = new Engines();
    const first = await engines.open();
    const id = await first.launch("http", post("/order"));
    const second = await engines.next();
    await second.pass(graceMs - 1);
    expect(await second.status(id)).toBe("running");
    expect(second.http.sent[0]?.signal.aborted).toBe(false);
    await second.pass(1);
    await second.end(id);
    expect(await second.response(id)).toMatchObject(interrupted);
    expect(second.http.sent.map(({ signal }) => signal.aborted)).toEqual([true]);
    // The engine that sent it says so: the next one needn't wait any longer.
    expect(engines.outcomes.missing).toEqual([]);
  });

  test("is interrupted if the process that sent it is killed meanwhile", async () => {
    await using engines = new Engines();
    const first = await engines.open();
    const id = await first.launch("http", post("/order"));
    engines.outcomes.arrive = false;
    const second = await engines.next();
    await second.pass(graceMs + 1_999);
    expect(await second.status(id)).toBe("running");
    await second.pass(1);
    await second.end(id);
    expect(await second.response(id)).toMatchObject(interrupted);
    expect(engines.outcomes.missing).toHaveLength(1);
    // Whatever comes later changes nothing.
    engines.outcomes.arrive = true;
    engines.held.release({ body: "late" });
    const third = await engines.next("crash");
    expect(await third.response(id)).toMatchObject(interrupted);
    expect(third.http.sent).toHaveLength(1);
  });

  test("is interrupted if outcomes can't be passed on", async () => {
    await using engines = new Engines();
    const first = await engines.open({ outcomes: undefined });
    const id = await first.launch("http", post("/order"));
    const second = await engines.next();
    expect(await second.response(id)).toMatchObject(interrupted);
    expect(second.http.sent.map(({ signal }) => signal.aborted)).toEqual([true]);
  });

  test.each(["close", "crash"] as const)(
    "has its outcome in a third engine, if the second one ends first: %s",
    async (how) => {
      await using engines = new Engines();
      const first = await engines.open();
      const id = await first.launch("http", post("/order"));
      await engines.next();
      const third = await engines.next(how);
      await engines.release("taken");
      expect(await third.response(id)).toMatchObject({ ok: { body: "taken" } });
      expect(third.http.lines).toEqual(["POST /order"]);
    },
  );

  test("has its outcome in a third engine if the second found it, but could not save it", async () => {
    await using engines = new Engines();
    const first = await engines.open();
    const id = await first.launch("http", post("/order"));
    let store: FailingStore | undefined;
    await engines.next("close", { wrapStore: (inner) => (store = new FailingStore(inner)) });
    store?.hold();
    engines.held.release({ body: "taken" });
    await until(() => engines.outcomes.stored.size === 1);
    const third = await engines.next("crash", { wrapStore: (inner) => inner });
    await third.end(id);
    expect(await third.response(id)).toMatchObject({ ok: { body: "taken" } });
    expect(third.http.sent).toHaveLength(1);
  });

  test("has its outcome even if nothing was open when it came, and its time is over", async () => {
    await using engines = new Engines();
    const first = await engines.open();
    const id = await first.launch("http", post("/order"));
    await first.engine.close(close);
    await engines.release("taken");
    engines.clock.advance(2 * graceMs);
    const second = await engines.next("crash");
    await second.end(id);
    expect(await second.response(id)).toMatchObject({ ok: { body: "taken" } });
  });

  test.each(["terminate", "cancel"] as const)(
    "is not waited for once its workflow is told to end: %s",
    async (how) => {
      await using engines = new Engines();
      const first = await engines.open();
      const id = await first.launch("http", post("/order"));
      const second = await engines.next();
      await second.engine[how](id);
      expect(await second.status(id)).toBe("cancelled");
      await engines.release("late");
      expect(await second.status(id)).toBe("cancelled");
      expect(engines.outcomes.removed).toEqual([]);
    },
  );

  test("may be aborted as an operation: its outcome is dropped", async () => {
    await using engines = new Engines();
    const first = await engines.open({ module: "extensions" });
    const id = await first.launch("script", [
      { ask: ["begin", { operation: 1, ...http("/1") }] },
      { call: { RecvMessage: [null, ["go"]] } },
      { ask: ["abort", { operation: 1 }] },
    ]);
    const second = await engines.next();
    await second.send(id, "go", 1);
    expect((await second.end(id)).status).toBe("completed");
    await engines.release("late");
    const third = await engines.next("crash");
    expect(await third.status(id)).toBe("completed");
  });
});

test("an operation that is aborted before its intent is saved is not handed over", async () => {
  await using engines = new Engines();
  let store: FailingStore | undefined;
  let receives = 0;
  const callBegan = (_workflow: unknown, kind: string): void => {
    receives += kind === "RecvMessage" ? 1 : 0;
  };
  const first = await engines.open({
    module: "extensions",
    observers: [{ callBegan }],
    wrapStore: (inner) => (store = new FailingStore(inner)),
  });
  const receive = { call: { RecvMessage: [null, ["go"]] } };
  const id = await first.launch("script", [
    receive,
    { ask: ["begin", { operation: 1, ...http("/1") }] },
    { ask: ["abort", { operation: 1 }] },
    receive,
  ]);
  const release = store?.hold();
  const sent = first.send(id, "go", 1);
  await until(() => receives === 2);
  const closed = first.engine.close(close);
  // The engine hands over what is under way.
  await sleep(5);
  release?.();
  await Promise.all([sent, closed]);
  const appended = store?.attempts
    .flat()
    .flatMap((write) => (write.kind === "append" ? [write.lines] : []))
    .join("");
  expect(appended).toContain("flawless:v1/abort");
  expect(appended).not.toContain("outcome-follows");
  expect(first.http.sent).toEqual([]);
});

describe.each(["before", "after"] as const)("a crash just %s a transaction is durable", (side) => {
  const script = [
    { ask: ["begin", { operation: 1, ...http("/1") }] },
    { ask: ["run", http("/2")] },
    { ask: ["wait", { operations: [1] }] },
  ];

  test("of the engine that hands requests over: none is sent twice", async () => {
    const ends: string[] = [];
    for (let commit = 1; ; commit += 1) {
      await using engines = new Engines();
      const crash = new Crash(side, commit);
      const first = await engines.open({
        module: "extensions",
        groupCommits: false,
        wrapStore: crash.wrap,
        // An engine that crashes while it is closing reports what it could not save.
        onError: () => undefined,
      });
      const started = first.launch("script", script);
      await Promise.race([crash.happened, started.catch(() => undefined)]);
      await Promise.race([crash.happened, first.engine.close(close)]);
      if (!crash.isOver) {
        break;
      }
      await first.engine.kill();
      // The process is gone, and with it the responses.
      engines.outcomes.arrive = false;
      first.http.script = (request) => responseTo(request, { body: "by the second" });
      const second = await engines.next("crash", { wrapStore: (inner) => inner });
      await second.pass(graceMs + 2_000);
      for (const { id, status } of (await second.engine.list()).workflows) {
        expect(status).toBe("completed");
        ends.push(JSON.stringify(await second.response(id)));
      }
      expect(new Set(second.http.lines).size).toBe(second.http.lines.length);
    }
    expect(ends.filter((end) => end.includes("RequestInterrupted")).length).toBeGreaterThan(2);
  });

  test("of the next engine: the one after it has the outcomes", async () => {
    let crashes = 0;
    for (let commit = 1; ; commit += 1) {
      await using engines = new Engines();
      const crash = new Crash(side, commit);
      const first = await engines.open({ module: "extensions", groupCommits: false });
      const id = await first.launch("script", script);
      const second = await engines.next("close", { wrapStore: crash.wrap }, crash);
      engines.held.release({ body: "one" });
      engines.held.release({ body: "two" });
      await Promise.race([crash.happened, second.end(id).catch(() => undefined)]);
      if (!crash.isOver) {
        break;
      }
      crashes += 1;
      const third = await engines.next("crash", { wrapStore: (inner) => inner });
      expect((await third.end(id)).status).toBe("completed");
      expect(JSON.stringify(await third.response(id))).not.toContain("RequestInterrupted");
      expect(third.http.lines).toEqual(["POST /1", "POST /2"]);
    }
    expect(crashes).toBeGreaterThan(1);
  });
});

describe("a request that may be repeated", () => {
  test("is aborted when its engine is closed, and sent again by the next one", async () => {
    await using engines = new Engines();
    const first = await engines.open();
    const urls = ["http://site/1"];
    const id = await first.launch("http_sequence", { urls, idempotent: true });
    await first.engine.close(close);
    expect(first.http.sent.map(({ signal }) => signal.aborted)).toEqual([true]);

    first.http.script = (request) => responseTo(request, { body: "again" });
    const second = await engines.next("crash");
    await second.end(id);
    expect(await second.response(id)).toMatchObject([{ ok: { body: "again" } }]);
    expect(second.http.sent).toHaveLength(2);
    expect(engines.outcomes.stored.size).toBe(0);
  });

  test("is waited for briefly, because most end soon", async () => {
    await using engines = new Engines();
    const first = await engines.open();
    const urls = ["http://site/1"];
    const id = await first.launch("http_sequence", { urls, idempotent: true });
    const closed = first.engine.close({ graceMs, handOverAfterMs: graceMs });
    engines.held.release({ body: "taken" });
    await closed;
    const second = await engines.next("crash");
    expect(await second.response(id)).toMatchObject([{ ok: { body: "taken" } }]);
    expect(second.http.sent).toHaveLength(1);
  });
});
