import { describe, expect, test } from "vitest";
import { HeldResponses } from "../../testing/scripted-http-client.ts";
import { memoryModes, TestEngine, type TestEngineOptions } from "../../testing/test-engine.ts";

const activity = { kind: "activity", queue: "orders", name: "charge", input: 21 };
const request = (path: string, idempotent: boolean): object => ({
  config: { idempotent, timeout: { secs: 300, nanos: 0 }, response_body_limit: 1_000 },
  method: "POST",
  url: `http://site${path}`,
  headers: [],
  body: "",
});
const begin = (operation: number, what: object): object => ({
  ask: ["begin", { operation, ...what }],
});
const wait = (body: object): object => ({ ask: ["wait", body] });

function open(options: TestEngineOptions = {}): Promise<TestEngine> {
  return TestEngine.open({ module: "extensions", ...options });
}

function worker({ engine: { activities } }: TestEngine): void {
  activities.register("orders", { worker: "w", concurrency: 100, activities: { charge: {} } });
}

async function complete({ engine: { activities } }: TestEngine, count: number): Promise<void> {
  for (let done = 0; done < count;) {
    const tasks = await activities.poll("orders", { worker: "w", max: 100, waitMs: null });
    activities.report(
      "orders",
      "w",
      tasks.map(({ lease }) => ({ lease, value: "42" })),
    );
    done += tasks.length;
  }
}

describe.each(memoryModes)("after a restart, $mode", ({ limits }) => {
  test("workflows that wait for activities need no guest until there is a result", async () => {
    await using before = await open({ limits });
    const ids: string[] = [];
    for (let number = 0; number < 50; number += 1) {
      const script =
        number % 2 === 0
          ? [{ ask: ["run", activity] }]
          : [
              begin(1, activity),
              begin(2, { kind: "sleep", ms: 1e9 }),
              wait({ operations: [1, 2] }),
            ];
      ids.push(await before.launch("script", script));
    }
    await using after = await before.restart();
    await after.engine.whenIdle();
    expect(after.engine.statistics()).toMatchObject({ residentGuests: 0, queuedWorkflows: 0 });
    expect(after.engine.activities.summaries(100)[0]?.tasks).toHaveLength(50);
    const waiting = (await after.info(ids[0] ?? "")).waiting;
    expect(waiting).toEqual({ on: "activity", queue: "orders", name: "charge", attempt: 1 });

    worker(after);
    // A worker that may have them could report them within this time.
    await after.pass(5_000);
    await complete(after, 50);
    for (const id of ids) expect((await after.end(id)).response).toContain("42");
  });

  test("a message, a time and the end of an operation wake them", async () => {
    await using before = await open({ limits });
    before.http.script = new HeldResponses().script;
    const held = begin(1, { kind: "http", request: request("/x", true) });
    const byMessage = await before.launch("script", [
      held,
      wait({ operations: [1], types: ["go"] }),
    ]);
    const byTime = await before.launch("script", [
      held,
      wait({ operations: [1], timeoutMs: 5_000 }),
    ]);
    const bySleep = await before.launch("script", [
      held,
      begin(2, { kind: "sleep", ms: 7_000 }),
      wait({ operations: [1, 2] }),
    ]);
    const receives = await before.launch("script", [
      held,
      { call: { RecvMessage: [null, ["go"]] } },
    ]);
    await before.requests(4);
    await using after = await before.restart();
    await after.engine.whenIdle();
    await after.requests(8);
    expect(after.engine.statistics().residentGuests).toBe(0);

    await after.send(byMessage, "go", 1);
    await after.send(receives, "go", 2);
    await after.pass(5_000);
    expect(await after.end(byMessage)).toMatchObject({ status: "completed" });
    expect(await after.end(receives)).toMatchObject({ status: "completed" });
    expect((await after.end(byTime)).response).toContain('"timeout":true');
    await after.pass(2_000);
    expect((await after.end(bySleep)).response).toContain('"operation":2');
  });

  test("a message that came before the crash is taken by the call that waited", async () => {
    await using before = await open({ limits });
    const id = await before.launch("script", [
      begin(1, activity),
      wait({ operations: [1], types: ["go"] }),
    ]);
    // Durable, and the engine gone, before the workflow could take it.
    const sent = before.engine.send(id, "go", "1");
    await using after = await before.restart();
    await Promise.race([sent.catch(() => undefined), after.engine.whenIdle()]);
    await after.send(id, "go", 2);
    expect((await after.end(id)).response).toContain('"type":"go"');
  });

  test("a plain request continues: repeated if that is harmless, otherwise interrupted", async () => {
    await using before = await open({ limits });
    before.http.script = () => new Promise(() => undefined);
    const post = (path: string, idempotent: boolean): object => ({
      call: { HTTPRequest: request(path, idempotent) },
    });
    const again = await before.launch("script", [post("/again", true)]);
    const once = await before.launch("script", [post("/once", false)]);
    await before.requests(2);
    await using after = await before.restart();
    await after.requests(3);
    expect((await after.end(once)).response).toContain("RequestInterrupted");
    expect(await after.status(again)).toBe("running");
    expect(after.http.sent.map(({ url }) => url).toSorted()).toEqual([
      "http://site/again",
      "http://site/again",
      "http://site/once",
    ]);
  });

  test("one is terminated like any other, and its activity abandoned", async () => {
    await using before = await open({ limits });
    const id = await before.launch("script", [{ ask: ["run", activity] }]);
    await using after = await before.restart();
    await after.engine.whenIdle();
    expect(await after.engine.terminate(id)).toMatchObject({ status: "cancelled" });
    expect(after.engine.activities.summaries(1)).toEqual([]);
  });
});
