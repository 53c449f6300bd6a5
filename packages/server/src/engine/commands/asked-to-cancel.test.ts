import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { HeldResponses } from "../../testing/scripted-http-client.ts";
import { memoryModes, TestEngine, type TestEngineOptions } from "../../testing/test-engine.ts";

type Step = { readonly ask: readonly [string, unknown] } | { readonly call: unknown };

const cancel = "flawless:cancel";
const duration = (seconds: number): unknown => ({ secs: seconds, nanos: 0 });
const receive = (...types: readonly string[]): Step => ({
  call: { RecvMessage: [null, types] },
});
const sleepUnlessCancelled = (seconds: number): Step => ({
  call: { RecvMessage: [duration(seconds), [cancel]] },
});
const sleep = (seconds: number): Step => ({ call: { Sleep: duration(seconds) } });
const request = (path: string): object => ({
  config: { idempotent: false, timeout: duration(300), response_body_limit: 1_000 },
  method: "POST",
  url: `http://site${path}`,
  headers: [],
  body: "",
});
const post = (path: string): Step => ({ call: { HTTPRequest: request(path) } });
const run = (operation: object): Step => ({ ask: ["run", operation] });
const activity = { kind: "activity", queue: "orders", name: "charge", input: null };
const endCancelled: Step = {
  ask: [
    "fail",
    { error: { name: "CancelledError", message: "The workflow was asked to cancel." } },
  ],
};

function open(options: TestEngineOptions = {}): Promise<TestEngine> {
  return TestEngine.open({ module: "extensions", ...options });
}

describe.each(memoryModes)("a workflow that handles cancellation, $mode", ({ limits }) => {
  test.each([
    ["receives", receive("approve", cancel)],
    ["sleeps", sleepUnlessCancelled(3_600)],
    ["waits", { ask: ["wait", { types: ["approve", cancel] }] } as const],
  ])("and %s takes the message, compensates, and ends as cancelled", async (_what, waits) => {
    await using engine = await open({ limits });
    const id = await engine.launch("script", [waits, post("/undo"), endCancelled]);
    const asked = await engine.engine.cancel(id);
    expect(asked).toMatchObject({ status: "running", cancelBy: "2026-01-02T03:05:05.000Z" });
    expect(await engine.end(id)).toMatchObject({ status: "cancelled", error: null });
    expect(engine.http.sent.map(({ url }) => url)).toEqual(["http://site/undo"]);
  });

  test("aborts a request under way, and can send others once it has taken the message", async () => {
    await using engine = await open({ limits });
    const held = new HeldResponses();
    engine.http.script = held.script;
    const id = await engine.launch("script", [
      post("/do"),
      post("/more"),
      receive(cancel),
      post("/undo"),
    ]);
    await engine.requests(1);
    await engine.engine.cancel(id);
    await engine.requests(2);
    held.release();
    held.release();
    const { response } = await engine.end(id);
    const answers = JSON.parse(response ?? "") as unknown[];
    const ended = {
      HTTPResponse: {
        Err: {
          Transport: {
            kind: "Io",
            message: "the workflow was asked to cancel",
            url: "http://site/do",
          },
        },
      },
    };
    expect(answers[0]).toEqual(ended);
    expect(JSON.stringify(answers[1])).toContain("the workflow was asked to cancel");
    expect(answers[2]).toEqual({ Message: [cancel, "null"] });
    expect(engine.http.sent.map(({ url, signal }) => [url, signal.aborted])).toEqual([
      ["http://site/do", true],
      ["http://site/undo", false],
    ]);
  });

  test("aborts an activity, unless it is uncancellable", async () => {
    await using engine = await open({ limits });
    const { activities } = engine.engine;
    activities.register("orders", { worker: "w", concurrency: 5, activities: { charge: {} } });
    const poll = { worker: "w", max: 5, waitMs: null };
    const plain = await engine.launch("script", [run(activity)]);
    const [first] = await activities.poll("orders", poll);
    await engine.engine.cancel(plain);
    const shielded = await engine.launch("script", [run({ ...activity, uncancellable: true })]);
    const [second] = await activities.poll("orders", poll);
    await engine.engine.cancel(shielded);

    expect((await engine.end(plain)).response).toContain('"code":"CANCELLED"');
    expect(
      activities.heartbeat("orders", "w", [
        { lease: first?.lease ?? "", alive: true, details: null },
        { lease: second?.lease ?? "", alive: true, details: null },
      ]),
    ).toEqual([first?.lease]);
    activities.report("orders", "w", [{ lease: second?.lease ?? "", value: "42" }]);
    expect((await engine.end(shielded)).response).toContain('"value":42');
  });

  test("is ended when its time is up, even if it never checks", async () => {
    await using engine = await open({ limits: { ...limits, compensatingMs: 5_000 } });
    const id = await engine.launch("script", [sleep(3_600)]);
    await engine.engine.cancel(id);
    await engine.pass(4_999);
    expect(await engine.status(id)).toBe("running");
    await engine.pass(1);
    expect(await engine.status(id)).toBe("cancelled");
  });

  test("is ended by that time after a restart, whatever it waits for", async () => {
    await using before = await open({ limits });
    const script = [receive(cancel), receive("never")];
    const waits = await before.launch("script", script);
    const sleeps = await before.launch("script", [sleep(3_600)]);
    const works = await before.launch("script", [run({ ...activity, uncancellable: true })]);
    for (const id of [waits, sleeps, works]) await before.engine.cancel(id);
    await before.engine.whenIdle();
    await using after = await before.restart();
    await after.pass(59_999);
    for (const id of [waits, sleeps, works]) expect(await after.status(id)).toBe("running");
    await after.pass(1);
    for (const id of [waits, sleeps, works]) expect(await after.status(id)).toBe("cancelled");
    expect(after.engine.activities.summaries(1)).toEqual([]);
  });

  test("can be terminated while it compensates, and gets no answer after that", async () => {
    await using engine = await open({ limits });
    engine.http.script = () => new Promise(() => undefined);
    const id = await engine.launch("script", [receive(cancel), post("/undo")]);
    await engine.engine.cancel(id);
    await engine.requests(1);
    expect(await engine.engine.terminate(id)).toMatchObject({ status: "cancelled" });
    expect(engine.http.sent[0]?.signal.aborted).toBe(true);
    expect(await engine.engine.terminate(id)).toMatchObject({ status: "cancelled" });
    expect(engine.clock.timers).toBe(0);
  });

  test("may be asked again, which changes nothing", async () => {
    await using engine = await open({ limits });
    const id = await engine.launch("script", [
      sleep(30),
      receive(cancel, "go"),
      receive(cancel, "go"),
    ]);
    const first = await engine.engine.cancel(id);
    await engine.pass(10_000);
    expect((await engine.engine.cancel(id)).cancelBy).toBe(first.cancelBy);
    await engine.pass(20_000);
    await engine.send(id, "go", 1);
    expect(JSON.parse((await engine.end(id)).response ?? "")).toEqual([
      expect.anything(),
      { Message: [cancel, "null"] },
      { Message: ["go", "1"] },
    ]);
  });

  test("is completed if it still ends well, and failed by any other error", async () => {
    await using engine = await open({ limits });
    const completes = await engine.launch("script", [receive(cancel)]);
    const fails = await engine.launch("script", [
      receive(cancel),
      { ask: ["fail", { error: { name: "Error", message: "no" } }] },
    ]);
    await engine.engine.cancel(completes);
    await engine.engine.cancel(fails);
    expect(await engine.end(completes)).toMatchObject({ status: "completed" });
    expect(await engine.end(fails)).toMatchObject({ status: "failed" });
  });

  test("is shown as sleeping, or as waiting for its own types", async () => {
    await using engine = await open({ limits });
    const sleeps = await engine.launch("script", [sleepUnlessCancelled(60)]);
    const receives = await engine.launch("script", [receive("a", cancel)]);
    const waits = await engine.launch("script", [
      { ask: ["wait", { types: [cancel, "b"], timeoutMs: 1_000 }] },
    ]);
    const waiting = async (id: string): Promise<unknown> => (await engine.info(id)).waiting;
    expect(await waiting(sleeps)).toEqual({ on: "sleep", until: "2026-01-02T03:05:05.000Z" });
    expect(await waiting(receives)).toEqual({ on: "message", types: ["a"], until: null });
    expect(await waiting(waits)).toMatchObject({ on: "message", types: ["b"] });
  });

  test("that fails by CancelledError without having been asked has failed", async () => {
    await using engine = await open({ limits });
    const id = await engine.launch("script", [endCancelled]);
    expect(await engine.end(id)).toMatchObject({ status: "failed" });
  });
});

test("a tree is asked once, including those that were asked before", async () => {
  await using engine = await open();
  const script = [sleep(10), receive(cancel), endCancelled];
  const id = await engine.launch("script", script);
  const first = await engine.engine.end(id, "cancel", { tree: true });
  expect(first).toMatchObject({ status: "running", cancelBy: expect.any(String) as string });
  expect(await engine.engine.end(id, "cancel", { tree: true })).toEqual(first);
  await engine.pass(10_000);
  expect(await engine.end(id)).toMatchObject({ status: "cancelled" });
});

test("cancelling many asks each of them once, and terminating ends them", async () => {
  await using engine = await open();
  const ids = [
    await engine.launch("script", [sleep(1_000)]),
    await engine.launch("script", [sleep(1_000)]),
  ];
  const filter = { module: "extensions" };
  expect(await engine.engine.endMatching(filter, "cancel")).toMatchObject({ count: 2 });
  expect(await engine.engine.endMatching(filter, "cancel")).toMatchObject({ count: 0 });
  expect(await engine.engine.endMatching({ ...filter, dryRun: true }, "terminate")).toMatchObject({
    count: 2,
  });
  expect(await engine.engine.endMatching(filter, "terminate")).toMatchObject({ count: 2 });
  for (const id of ids) expect(await engine.status(id)).toBe("cancelled");
});

test("cancelling many selects those with a label, and may be repeated", async () => {
  await using engine = await open();
  const script = { module: "extensions", version: "1.0.0", workflow: "script" };
  const start = async (stage: string): Promise<string> => {
    const request = { ...script, input: JSON.stringify([sleep(1_000)]), labels: { stage } };
    return (await engine.engine.start(request, { detached: true })).id;
  };
  const [first, other, second] = [await start("old"), await start("new"), await start("old")];
  const filter = { labels: { stage: "old" }, limit: 1 };
  const counted = await engine.engine.endMatching({ ...filter, dryRun: true }, "terminate");
  expect(counted).toMatchObject({ count: 1, cursor: second });
  const page = { ...filter, cursor: counted.cursor ?? undefined, dryRun: true };
  expect(await engine.engine.endMatching(page, "terminate")).toEqual({ count: 1, cursor: null });
  for (const count of [1, 1, 0]) {
    expect(await engine.engine.endMatching(filter, "terminate")).toMatchObject({ count });
  }
  expect(await engine.status(first)).toBe("cancelled");
  expect(await engine.status(second)).toBe("cancelled");
  expect(await engine.status(other)).toBe("running");
  await expect(engine.engine.endMatching({ labels: {} }, "terminate")).rejects.toMatchObject({
    code: "INVALID_REQUEST",
  });
});

test("clients can't send messages that only the server sends", async () => {
  await using engine = await open();
  const id = await engine.launch("script", [receive(cancel)]);
  await expect(engine.engine.send(id, cancel, "null")).rejects.toMatchObject({
    code: "INVALID_REQUEST",
  });
  expect(await engine.status(id)).toBe("running");
});

test("one that is just leaving memory, or being rebuilt, is told", async () => {
  await using engine = await open({ limits: { idleGuestMs: 0 } });
  const script = [run({ kind: "sleep", ms: 1 }), receive(cancel), endCancelled];
  for (let turns = 0; turns < 30; turns += 1) {
    const id = await engine.launch("script", script);
    engine.clock.advance(1);
    for (let turn = 0; turn < turns; turn += 1) await nextTurn();
    await engine.engine.cancel(id);
    expect(await engine.end(id), `after ${turns} turns`).toMatchObject({ status: "cancelled" });
  }
});

test("one whose guest is just being started is told", async () => {
  await using engine = await open();
  for (let turns = 0; turns < 30; turns += 1) {
    const { id } = await engine.startText(
      "script",
      JSON.stringify([receive(cancel), endCancelled]),
      {
        detached: true,
      },
    );
    for (let turn = 0; turn < turns; turn += 1) await nextTurn();
    await engine.engine.cancel(id);
    expect(await engine.end(id), `after ${turns} turns`).toMatchObject({ status: "cancelled" });
  }
});
