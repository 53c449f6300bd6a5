import { describe, expect, test } from "vitest";
import { crashedRuns } from "../../testing/crash-sweep.ts";
import { memoryModes, TestEngine, type TestEngineOptions } from "../../testing/test-engine.ts";

const receive = (...types: readonly string[]): object => ({ call: { RecvMessage: [null, types] } });
const next = (...input: readonly object[]): object => ({ ask: ["continue", { input }] });
const info = { ask: ["info", {}] };
const post = (path: string, idempotent = true): object => ({
  call: {
    HTTPRequest: {
      config: { idempotent, timeout: { secs: 300, nanos: 0 }, response_body_limit: 100 },
      method: "POST",
      url: `http://site${path}`,
      headers: [],
      body: "",
    },
  },
});

function open(options: TestEngineOptions = {}): Promise<TestEngine> {
  return TestEngine.open({ module: "extensions", ...options });
}

describe.each(memoryModes)("a workflow that continues as new, $mode", ({ limits }) => {
  test("has the same id, another input, the next run number and an empty journal", async () => {
    await using engine = await open({ limits });
    const id = await engine.launch("script", [receive("a"), next(info, receive("b"), info)]);
    expect(await engine.info(id)).toMatchObject({ run: 1, waiting: { types: ["a"] } });
    await engine.send(id, "a", 1);

    expect(await engine.info(id)).toMatchObject({ id, run: 2, waiting: { types: ["b"] } });
    const history = await engine.engine.journal(id);
    expect(history.run).toBe(2);
    expect(JSON.parse(history.input)).toEqual([info, receive("b"), info]);
    expect(history.steps.map(({ step, call }) => [step, call.slice(0, 12)])).toEqual([
      [1, '"GetInput"'],
      [2, '{"HTTPReques'],
      [3, '{"RecvMessag'],
    ]);
    expect(await engine.engine.journalPage(id, { first: null, limit: 2 })).toMatchObject({
      total: 3,
      run: 2,
    });
    await engine.send(id, "b", 2);
    const answers = (await engine.response(id)) as { readonly body: { readonly run: number } }[];
    expect(answers.map((answer) => answer.body?.run)).toEqual([2, undefined, 2]);
    const [entry] = engine.storage.workflows.values();
    expect(entry?.lines.join("")).not.toContain('["a"]');
  });

  test("keeps the messages that it did not take, including those that arrive meanwhile", async () => {
    await using engine = await open({ limits });
    const script = [receive("go"), next(receive("early"), receive("late"))];
    const id = await engine.launch("script", script);
    await engine.send(id, "early", 1);
    const sent = engine.send(id, "go", null);
    await engine.send(id, "late", 2);
    await sent;
    expect(await engine.response(id)).toEqual([
      { Message: ["early", "1"] },
      { Message: ["late", "2"] },
    ]);
  });

  test("ends its operations, and may reuse their numbers", async () => {
    await using engine = await open({ limits });
    engine.http.script = () => new Promise(() => undefined);
    const request = (post("/x") as { call: { HTTPRequest: object } }).call.HTTPRequest;
    const begin = { ask: ["begin", { operation: 1, kind: "http", request }] };
    const id = await engine.launch("script", [begin, receive("go"), next(begin, receive("go"))]);
    await engine.requests(1);
    await engine.send(id, "go", null);
    await engine.requests(2);
    expect(engine.http.sent.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    await engine.send(id, "go", null);
    expect(await engine.response(id)).toMatchObject([{ status: 200 }, {}]);
  });

  test("continues in the same run after a restart, and doesn't grow", async () => {
    await using before = await open({ limits });
    let script: readonly object[] = [info];
    for (let run = 20; run > 1; run -= 1) script = [next(...script)];
    const id = await before.launch("script", [receive("go"), ...script]);
    await using after = await before.restart();
    await after.send(id, "go", null);
    expect(await after.end(id)).toMatchObject({ status: "completed", run: 20 });
    const [entry] = after.storage.workflows.values();
    expect(entry?.lines.length).toBeLessThan(5);
  });

  test("is found by its idempotency key, whatever its current input", async () => {
    await using engine = await open({ limits });
    const start = {
      module: "extensions",
      version: "1.0.0",
      workflow: "script",
      input: JSON.stringify([next(receive("go"))]),
      idempotencyKey: "key",
    };
    const { id } = await engine.engine.start(start, { detached: true });
    await engine.engine.whenIdle();
    expect(await engine.engine.start(start, { detached: true })).toMatchObject({ id });
    expect((await engine.info(id)).run).toBe(2);
  });

  test("stays asked to cancel, and is told if it was not told before", async () => {
    await using engine = await open({ limits });
    const script = [receive("go"), next(receive("flawless:cancel"))];
    const id = await engine.launch("script", script);
    const { cancelBy } = await engine.engine.cancel(id);
    await engine.send(id, "go", null);
    expect(await engine.end(id)).toMatchObject({ status: "completed", run: 2, cancelBy });
  });

  test("answers its caller, whichever run responds", async () => {
    await using engine = await open({ limits });
    const { response } = await engine.startText("script", JSON.stringify([next(next(info))]));
    expect(JSON.parse(response ?? "")).toMatchObject([{ status: 200, body: { run: 3 } }]);
  });

  test("repeats nothing of the previous run, whenever a crash happens", async () => {
    const input = [
      post("/once", false),
      receive("go"),
      next(info, post("/again"), receive("go"), next(info, post("/last", false))),
    ];
    const runs = await crashedRuns({
      module: "extensions",
      workflow: "script",
      input,
      limits,
      message: { type: "go", data: (number) => number },
    });
    expect(runs.length).toBeGreaterThan(5);
    for (const { run, where, workflow } of runs) {
      expect(workflow, where).toMatchObject({ status: "completed", run: 3 });
      const times = (path: string): number =>
        run.requests.filter((line) => line === `POST ${path}`).length;
      expect(times("/once"), where).toBeLessThanOrEqual(1);
      expect(times("/last"), where).toBeLessThanOrEqual(1);
      expect([1, 2], where).toContain(times("/again"));
      const [first] = JSON.parse(workflow.response ?? "[]") as readonly unknown[];
      expect(first, where).toMatchObject({ body: { run: 3 } });
    }
  });
});

test("an input that is too long is refused, and the run continues", async () => {
  await using engine = await open({ limits: { textCharacters: 1_000 } });
  const id = await engine.launch("script", [
    receive("go"),
    { ask: ["continue", { input: ["$0", "$0"] }] },
    { ask: ["continue", "no object"] },
    { call: { SendResponse: "1" } },
  ]);
  await engine.send(id, "go", "x".repeat(900));
  const steps = await engine.steps(id);
  const answers = steps.map(({ answer }) => answer ?? "");
  expect(answers.filter((answer) => answer.includes('"Status"'))).toEqual([
    expect.stringContaining("413"),
    expect.stringContaining("400"),
  ]);
  expect(await engine.info(id)).toMatchObject({ run: 1, response: "1" });
});
