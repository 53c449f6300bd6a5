import { describe, expect, test } from "vitest";
import type { StoredWorkflow } from "../../store/workflow-store.ts";
import { StoreWrapper, FailingStore } from "../../testing/store-wrapper.ts";
import { TestClock } from "../../testing/test-clock.ts";
import { TestEngine } from "../../testing/test-engine.ts";
import { until } from "../../testing/until.ts";

const few = { residentGuests: 2 };

/** The number of workflows that the engine has places in memory for, seen from outside: none of them computes. */
async function runningCount(engine: TestEngine): Promise<number> {
  return (await engine.engine.list({ status: "running", limit: 1_000 })).workflows.length;
}

describe("two places for fifty workflows", () => {
  test("let all sleepers end, each at its time", async () => {
    await using engine = await TestEngine.open({ limits: few });
    const ids = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        engine.launch("sleep_steps", { count: 2, ms: 10 + index }),
      ),
    );
    expect(await runningCount(engine)).toBe(50);
    await engine.pass(2 * 30);
    // Those that sleep twice for up to 30 ms: 10 to 30.
    expect(await runningCount(engine)).toBe(50 - 21);
    await engine.pass(200);

    const ended = await Promise.all(ids.map((id) => engine.info(id)));
    expect(ended.every(({ status, response }) => status === "completed" && response === "2")).toBe(
      true,
    );
  });

  test("let all receivers get their own messages", async () => {
    await using engine = await TestEngine.open({ limits: few });
    const ids = await Promise.all(
      Array.from({ length: 50 }, () => engine.launch("receive_many", { count: 2 })),
    );
    await Promise.all(
      ids.flatMap((id, n) => [
        engine.engine.send(id, "a", JSON.stringify({ n })),
        engine.engine.send(id, "b", JSON.stringify({ n })),
      ]),
    );
    const responses = await Promise.all(
      ids.map(async (id) => JSON.parse((await engine.end(id)).response ?? "null") as unknown),
    );

    expect(responses).toEqual(
      ids.map((_, n) => [
        { type: "a", n },
        { type: "b", n },
      ]),
    );
  });

  test("let all requests be made", async () => {
    await using engine = await TestEngine.open({ limits: few });
    const responses = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        engine.run("http", { method: "POST", url: `http://site/${index}`, body: "x" }),
      ),
    );

    expect(responses).toHaveLength(50);
    expect(new Set(engine.http.lines).size).toBe(50);
    expect(engine.http.sent).toHaveLength(50);
  });

  test("survive a restart", async () => {
    await using before = await TestEngine.open({ limits: few });
    const ids = await Promise.all(
      Array.from({ length: 50 }, (_, index) => before.launch("sleep_ms", { ms: 100 + index })),
    );
    await using after = await before.restart();
    await after.pass(200);

    const ended = await Promise.all(ids.map((id) => after.status(id)));
    expect(new Set(ended)).toEqual(new Set(["completed"]));
  });
});

/** Records which workflows are read. */
class ReadStore extends StoreWrapper {
  readonly read: number[] = [];

  override workflow(id: number): Promise<StoredWorkflow | undefined> {
    this.read.push(id);
    return super.workflow(id);
  }
}

describe("a workflow that waits", () => {
  test.each([
    ["is forgotten once its guest has left: only the journal knows it", 0, 1],
    ["is in memory as long as its guest is", 60_000, 0],
  ])("a workflow that waits %s", async (_what, idleGuestMs, reads) => {
    let store: ReadStore | undefined;
    await using engine = await TestEngine.open({
      limits: { idleGuestMs },
      wrapStore: (inner) => (store = new ReadStore(inner)),
    });
    const id = await engine.launch("receive");
    await engine.send(id, "other", {});

    expect(store?.read).toHaveLength(reads);
  });

  test.each([
    ["sleeps for longer than guests may idle leaves memory at once", "system", 10_001, 0],
    ["sleeps for less stays", "system", 9_000, 1],
    ["sleeps by a clock that may be set forward stays", "given", 10_001, 1],
  ] as const)("and %s", async (_what, guestTime, ms, residentGuests) => {
    const clock = new TestClock(undefined, guestTime);
    await using engine = await TestEngine.open({ clock, limits: { idleGuestMs: 10_000 } });
    const id = await engine.launch("sleep_ms", { ms });
    expect(engine.engine.statistics()).toMatchObject({ residentGuests });
    await engine.pass(ms);

    expect(await engine.status(id)).toBe("completed");
  });

  test("keeps every message, including those that arrive just as it is forgotten", async () => {
    let store: FailingStore | undefined;
    await using engine = await TestEngine.open({
      limits: { idleGuestMs: 0 },
      wrapStore: (inner) => (store = new FailingStore(inner)),
    });
    const id = await engine.launch("receive");
    const attempts = store?.attempts.length ?? 0;
    const release = store?.hold();
    const first = engine.engine.send(id, "other", "1");
    await until(() => (store?.attempts.length ?? 0) > attempts);
    const second = engine.engine.send(id, "other", "2");
    const third = first.then(() => engine.engine.send(id, "other", "3"));
    release?.();
    await Promise.all([first, second, third]);

    const [entry] = engine.storage.workflows.values();
    expect(entry?.mailbox.map(({ sequence, data }) => [sequence, data])).toEqual([
      [0, "1"],
      [1, "2"],
      [2, "3"],
    ]);
  });

  test("is also forgotten once it has ended", async () => {
    let store: ReadStore | undefined;
    await using engine = await TestEngine.open({
      wrapStore: (inner) => (store = new ReadStore(inner)),
    });
    const { id } = await engine.startText("noop");
    await engine.end(id);
    const reads = store?.read.length ?? 0;
    await engine.info(id);

    expect(store?.read).toHaveLength(reads + 1);
  });

  test("for a response from the network is never forgotten, even without its guest", async () => {
    let store: ReadStore | undefined;
    await using engine = await TestEngine.open({
      limits: { idleGuestMs: 0 },
      wrapStore: (inner) => (store = new ReadStore(inner)),
    });
    engine.http.script = () => new Promise(() => undefined);
    const id = await engine.launch("http", { method: "GET", url: "http://site/" });
    await engine.send(id, "other", {});

    expect(store?.read).toEqual([]);
  });
});

describe("a workflow that left memory is brought back", () => {
  test.each([
    ["by its time", "receive_timeout", { ms: 500 }],
    ["by a message", "receive_timeout", { ms: 60_000 }],
  ])("a workflow that left memory is brought back %s", async (what, workflow, input) => {
    await using engine = await TestEngine.open({ limits: { idleGuestMs: 0 } });
    const response = engine.run(workflow, input);
    await engine.engine.whenIdle();
    const [info] = (await engine.engine.list()).workflows;
    if (what === "by a message") {
      await engine.send(info?.id ?? "", "approve", { by: "Ada" });
    } else {
      await engine.pass(500);
    }

    expect(await response).toEqual(what === "by a message" ? { by: "Ada" } : "timed out");
  });

  test("for its caller, who gets the response as usual", async () => {
    await using engine = await TestEngine.open({ limits: { idleGuestMs: 0 } });
    const started = engine.startText("responds_later", '{"ms":100}');
    await engine.pass(100);
    expect((await started).response).toBe('"later"');
    await engine.pass(100);

    expect(engine.logLines).toEqual(["info: response sent: true"]);
  });

  test("not by a message that it does not wait for", async () => {
    await using engine = await TestEngine.open({ limits: { idleGuestMs: 0 } });
    const id = await engine.launch("receive");
    const before = await engine.info(id);
    await engine.send(id, "other", {});

    expect(await engine.info(id)).toEqual(before);
    expect(engine.engine.statistics().computing).toBe(0);
  });
});
