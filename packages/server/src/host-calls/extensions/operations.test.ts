import { describe, expect, test } from "vitest";
import { HeldResponses, responseTo } from "../../testing/scripted-http-client.ts";
import { memoryModes, TestEngine } from "../../testing/test-engine.ts";
import { until } from "../../testing/until.ts";

type Step = { readonly ask: readonly [string, unknown] } | { readonly call: unknown };

function request(path: string, config: { readonly idempotent?: boolean } = {}): unknown {
  return {
    config: {
      idempotent: config.idempotent ?? false,
      timeout: { secs: 120, nanos: 0 },
      response_body_limit: 1_000,
    },
    method: "POST",
    url: `http://site${path}`,
    headers: [],
    body: "",
  };
}

const http = (path: string, config = {}): object => ({
  kind: "http",
  request: request(path, config),
});
const sleep = (ms: number): object => ({ kind: "sleep", ms });
const begin = (operation: number, what: object): Step => ({
  ask: ["begin", { operation, ...what }],
});
const wait = (...operations: readonly number[]): Step => ({ ask: ["wait", { operations }] });

function open(options: Parameters<typeof TestEngine.open>[0] = {}): Promise<TestEngine> {
  return TestEngine.open({ module: "extensions", ...options });
}

/** The answer to each step of a script, once it has ended. */
async function answers(engine: TestEngine, id: string): Promise<readonly unknown[]> {
  const { response, error } = await engine.end(id);
  expect(error).toBeNull();
  return JSON.parse(response ?? "null") as readonly unknown[];
}

/** The status of each answer, or the number of the operation whose result it is. */
function outline(given: readonly unknown[]): readonly unknown[] {
  return given.map((answer) => {
    const { status, body } = answer as { status: number; body: { operation?: number } | null };
    return body?.operation === undefined ? status : `operation ${body.operation}`;
  });
}

const lines = (engine: TestEngine): readonly string[] =>
  [...engine.storage.workflows.values()].flatMap((entry) => entry.lines.join("").split("\n"));
const linesOfKind = (engine: TestEngine, kind: string): readonly string[] =>
  lines(engine).filter((line) => line.startsWith(`${kind}\t`));

describe("an extension", () => {
  test("that doesn't exist is refused", async () => {
    await using engine = await open();
    const id = await engine.launch("script", [{ ask: ["nonsense", {}] }]);
    expect(await answers(engine, id)).toEqual([
      {
        status: 404,
        body: {
          error: {
            code: "UNKNOWN_EXTENSION",
            message: 'This server has no extension "flawless:v1/nonsense".',
          },
        },
      },
    ]);
    expect(engine.http.sent).toEqual([]);
  });

  test("tells a workflow its identity", async () => {
    await using engine = await open();
    const id = await engine.launch("script", [{ ask: ["info", {}] }]);
    expect(await answers(engine, id)).toEqual([
      {
        status: 200,
        body: {
          id,
          parent: null,
          root: id,
          module: "extensions",
          version: "1.0.0",
          workflow: "script",
          server: { name: "flawless-ts", version: expect.stringMatching(/^\d+\.\d+\.\d+$/) },
          run: 1,
        },
      },
    ]);
  });

  test.each([
    ["wait for nothing", "wait", {}, 400, "INVALID_REQUEST"],
    ["wait for what never began", "wait", { operations: [1] }, 404, "UNKNOWN_OPERATION"],
    ["wait with a list that is none", "wait", { operations: 1 }, 400, "INVALID_REQUEST"],
    ["a number below 1", "begin", { operation: 0, ...sleep(1) }, 400, "INVALID_REQUEST"],
    ["an unknown kind", "begin", { operation: 1, kind: "x" }, 400, "INVALID_REQUEST"],
    [
      "half a request",
      "begin",
      { operation: 1, kind: "http", request: {} },
      400,
      "INVALID_REQUEST",
    ],
    [
      "a request to the host",
      "begin",
      { operation: 1, kind: "http", request: { ...(request("") as object), url: "FLAWLESS:v1/x" } },
      400,
      "INVALID_REQUEST",
    ],
  ])("is refused: %s", async (_what, name, body, status, code) => {
    await using engine = await open();
    const id = await engine.launch("script", [{ ask: [name, body] }]);
    expect(await answers(engine, id)).toMatchObject([{ status, body: { error: { code } } }]);
  });

  test("accepts each number once, and only a limited number of operations", async () => {
    await using engine = await open({ limits: { openOperations: 2 } });
    const id = await engine.launch("script", [
      begin(5, sleep(10)),
      begin(5, sleep(10)),
      begin(4, sleep(10)),
      begin(6, sleep(10)),
      begin(7, sleep(10)),
      { ask: ["abort", { operation: 6 }] },
      begin(7, sleep(10)),
      wait(6),
    ]);
    expect(outline(await answers(engine, id))).toEqual([200, 409, 409, 200, 429, 200, 200, 404]);
  });
});

describe.each(memoryModes)("operations side by side, $mode", ({ limits }) => {
  test("run all at once, and are delivered in the order in which they end", async () => {
    await using engine = await open({ limits });
    const held = new Map<string, (body: string) => void>();
    engine.http.script = (sent) =>
      new Promise((resolve) => {
        held.set(new URL(sent.url).pathname, (body) => resolve(responseTo(sent, { body })));
      });
    const id = await engine.launch("script", [
      begin(1, http("/a")),
      begin(2, http("/b")),
      wait(1, 2),
      wait(1),
    ]);
    await engine.requests(2);
    await engine.engine.whenIdle();
    expect(await engine.info(id)).toMatchObject({
      waiting: { on: "operations", count: 2, types: [], until: null },
    });
    held.get("/b")?.("second");
    await until(() => linesOfKind(engine, "D").length === 1);
    await engine.engine.whenIdle();
    expect(await engine.info(id)).toMatchObject({ waiting: { on: "http" } });
    held.get("/a")?.("first");

    expect(await answers(engine, id)).toMatchObject([
      { status: 200, body: {} },
      { status: 200, body: {} },
      { body: { operation: 2, result: { Ok: { body: btoa("second"), status_code: 200 } } } },
      { body: { operation: 1, result: { Ok: { body: btoa("first") } } } },
    ]);
    const { steps } = await engine.engine.journal(id);
    expect(steps.every(({ answer }) => answer !== null && JSON.parse(answer) !== null)).toBe(true);
  });

  test("store a result that arrives while nobody waits for it, once", async () => {
    await using before = await open({ limits });
    const body = "x".repeat(900);
    before.http.script = (sent) => responseTo(sent, { body });
    const id = await before.launch("script", [
      begin(1, http("/a")),
      { call: { Sleep: { secs: 60, nanos: 0 } } },
      wait(1),
    ]);
    await until(() => linesOfKind(before, "C").length === 1);
    await before.engine.whenIdle();

    await using after = await before.restart();
    await after.engine.whenIdle();
    await after.pass(60_000);
    expect((await answers(after, id)).at(-1)).toMatchObject({
      body: { operation: 1, result: { Ok: { body: btoa(body) } } },
    });
    expect(after.http.sent).toHaveLength(1);
    expect(lines(after).filter((line) => line.includes(btoa(body)))).toHaveLength(2);
    expect(linesOfKind(after, "D")).toEqual([expect.stringMatching(/^D\t\d+\t1$/)]);
    const { steps } = await after.engine.journalPage(id, { first: 4, limit: 1 });
    expect(
      Buffer.from(JSON.parse(steps[0]?.answer ?? "{}").HTTPResponse.Ok.body, "base64").toString(),
    ).toContain(btoa(body));
  });

  test("wait for a time, a message or a result, whichever comes first", async () => {
    await using engine = await open({ limits });
    const types = ["go"];
    const id = await engine.launch("script", [
      begin(1, sleep(1_000)),
      { ask: ["wait", { operations: [1], types, timeoutMs: 500 }] },
      { ask: ["wait", { operations: [1], types }] },
      wait(1),
      { ask: ["wait", { types, timeoutMs: 20 }] },
    ]);
    await engine.pass(499);
    expect(linesOfKind(engine, "R")).toHaveLength(0);
    await engine.pass(1);
    await engine.send(id, "other", 1);
    await engine.send(id, "go", { n: 1 });
    await engine.pass(499);
    expect(linesOfKind(engine, "D")).toHaveLength(0);
    await engine.pass(1);
    await engine.pass(20);

    expect(await answers(engine, id)).toEqual([
      { status: 200, body: {} },
      { status: 200, body: { timeout: true } },
      { status: 200, body: { message: { type: "go", data: { n: 1 }, update: false, number: 1 } } },
      { status: 200, body: { operation: 1, result: {} } },
      { status: 200, body: { timeout: true } },
    ]);
  });

  test("wait for a time while a request continues", async () => {
    await using engine = await open({ limits });
    const held = new HeldResponses();
    engine.http.script = held.script;
    const id = await engine.launch("script", [
      begin(1, http("/slow")),
      begin(2, sleep(100)),
      wait(1, 2),
      { call: { Sleep: { secs: 1, nanos: 0 } } },
      wait(1),
    ]);
    await engine.requests(1);
    await engine.pass(99);
    expect(linesOfKind(engine, "D")).toHaveLength(0);
    await engine.pass(1);
    await engine.pass(999);
    expect(await engine.info(id)).toMatchObject({ waiting: { on: "sleep" } });
    await engine.pass(1);
    held.release();
    expect(outline(await answers(engine, id))).toMatchObject([
      200,
      200,
      "operation 2",
      undefined,
      "operation 1",
    ]);
  });

  test("continue to sleep after the last request beside them has ended", async () => {
    await using before = await open({ limits });
    const held = new HeldResponses();
    before.http.script = held.script;
    const id = await before.launch("script", [
      begin(1, http("/a")),
      { call: { Sleep: { secs: 60, nanos: 0 } } },
    ]);
    await before.requests(1);
    held.release();
    await until(() => linesOfKind(before, "C").length === 1);
    await before.pass(59_999);
    expect(await before.status(id)).toBe("running");
    await before.pass(1);
    expect(await before.status(id)).toBe("completed");
  });

  test("are aborted: the request is cancelled, and its result is never delivered", async () => {
    await using engine = await open({ limits });
    engine.http.script = () => new Promise(() => undefined);
    const id = await engine.launch("script", [
      begin(1, http("/a")),
      { call: { Sleep: { secs: 1, nanos: 0 } } },
      { ask: ["abort", { operation: 1 }] },
      wait(1),
    ]);
    await engine.requests(1);
    await engine.pass(1_000);
    expect(outline(await answers(engine, id))).toEqual([200, undefined, 200, 404]);
    expect(engine.http.sent[0]?.signal.aborted).toBe(true);
  });

  test("end with their workflow", async () => {
    await using engine = await open({ limits });
    engine.http.script = () => new Promise(() => undefined);
    const id = await engine.launch("script", [begin(1, http("/a")), wait(1)]);
    await engine.requests(1);
    await engine.engine.terminate(id);
    expect(engine.http.sent[0]?.signal.aborted).toBe(true);
  });

  test("that were open are interrupted by a crash, or retried if that is harmless", async () => {
    await using before = await open({ limits });
    const answered = new Set(["/done"]);
    before.http.script = (sent) =>
      answered.has(new URL(sent.url).pathname) ? responseTo(sent) : new Promise(() => undefined);
    const id = await before.launch("script", [
      begin(1, http("/done")),
      begin(2, http("/once")),
      begin(3, http("/again", { idempotent: true })),
      begin(4, sleep(5_000)),
      wait(1),
      wait(2),
      wait(3),
      wait(4),
    ]);
    await before.requests(3);
    await until(() => linesOfKind(before, "D").length === 1);
    await before.engine.whenIdle();
    answered.add("/again");
    await using after = await before.restart();
    await after.pass(5_000);

    const given = await answers(after, id);
    expect(outline(given).slice(4)).toEqual([1, 2, 3, 4].map((number) => `operation ${number}`));
    expect(given).toMatchObject([
      {},
      {},
      {},
      {},
      { body: { result: { Ok: {} } } },
      { body: { result: { Err: { Transport: { kind: "RequestInterrupted" } } } } },
      { body: { result: { Ok: {} } } },
      { body: { result: {} } },
    ]);
    const times = (path: string): number =>
      after.http.sent.filter(({ url }) => url.endsWith(path)).length;
    expect([times("/done"), times("/once"), times("/again")]).toEqual([1, 1, 2]);
  });
});

describe("a single operation that a workflow waits for", () => {
  test.each([
    ["a sleep", sleep(10), {}],
    ["a request", http("/a"), { Ok: { status_code: 200 } }],
  ])("is %s", async (_what, operation, result) => {
    await using engine = await open();
    const id = await engine.launch("script", [{ ask: ["run", operation] }]);
    await engine.pass(10);
    expect(await answers(engine, id)).toMatchObject([{ status: 200, body: result }]);
  });
});

test("a workflow whose only operation is a sleep is not kept in memory", async () => {
  await using engine = await open({ limits: { idleGuestMs: 0 } });
  const id = await engine.launch("script", [begin(1, sleep(86_400_000)), wait(1)]);
  await until(() => engine.engine.statistics().residentGuests === 0);
  expect(await engine.info(id)).toMatchObject({ waiting: { on: "sleep" } });
  await engine.pass(86_400_000);
  expect(outline(await answers(engine, id))).toEqual([200, "operation 1"]);
});
