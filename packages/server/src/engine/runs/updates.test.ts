import { describe, expect, test } from "vitest";
import { crashedRuns } from "../../testing/crash-sweep.ts";
import { memoryModes, TestEngine, type TestEngineOptions } from "../../testing/test-engine.ts";
import type { UpdateReply } from "../types.ts";

type Step = { readonly ask: readonly [string, unknown] } | { readonly call: unknown };

const take: Step = { ask: ["wait", { types: ["add"] }] };
/** Answers the update that an earlier step took with its own data. */
const echo = (step: number): Step => ({
  ask: ["reply", { message: `$${step}.body.message.number`, value: `$${step}.body.message.data` }],
});
const receive = (type: string): Step => ({ call: { RecvMessage: [null, [type]] } });

function open(options: TestEngineOptions = {}): Promise<TestEngine> {
  return TestEngine.open({ module: "extensions", ...options });
}

function update(
  engine: TestEngine,
  id: string,
  data: unknown,
  {
    key = `key ${JSON.stringify(data)}`,
    timeoutMs = 60_000,
    signal = undefined as AbortSignal | undefined,
  } = {},
): Promise<UpdateReply | null> {
  const request = { key, type: "add", data: JSON.stringify(data) };
  return engine.engine.update(id, request, { timeoutMs, signal });
}

describe.each(memoryModes)("an update, $mode", ({ limits }) => {
  test("is answered by the workflow, and once for each key", async () => {
    await using engine = await open({ limits });
    const id = await engine.launch("script", [take, echo(0), take, echo(2), receive("end")]);
    expect(await update(engine, id, { n: 1 }, { key: "a" })).toEqual({ value: '{"n":1}' });
    const both = [update(engine, id, 2, { key: "b" }), update(engine, id, 2, { key: "b" })];
    expect(await Promise.all(both)).toEqual([{ value: "2" }, { value: "2" }]);
    expect(await update(engine, id, { n: 1 }, { key: "a" })).toEqual({ value: '{"n":1}' });
    await engine.send(id, "end", null);
    const taken = JSON.parse((await engine.end(id)).response ?? "") as unknown[];
    expect(taken[0]).toMatchObject({ body: { message: { update: true, number: 1 } } });
    expect(taken[2]).toMatchObject({ body: { message: { update: true, number: 2 } } });
    // Also after its end.
    expect(await update(engine, id, 2, { key: "b" })).toEqual({ value: "2" });
    await expect(update(engine, id, 3)).rejects.toMatchObject({ code: "WORKFLOW_ENDED" });
  });

  test("keeps its number and its answer after a crash, whether or not someone waits", async () => {
    await using before = await open({ limits });
    const id = await before.launch("script", [take, receive("go"), echo(0), receive("end")]);
    expect(await update(before, id, 7, { key: "k", timeoutMs: 0 })).toBeNull();
    await before.engine.whenIdle();
    await using between = await before.restart();
    const answer = update(between, id, 7, { key: "k" });
    await between.send(id, "go", null);
    expect(await answer).toEqual({ value: "7" });
    await using after = await between.restart();
    expect(await update(after, id, 7, { key: "k" })).toEqual({ value: "7" });
    const messages = (await after.steps(id)).filter(({ answer: given }) =>
      Buffer.from(/"body":"([^"]*)"/.exec(given ?? "")?.[1] ?? "", "base64").includes("message"),
    );
    expect(messages).toHaveLength(1);
  });

  test("ends with an error if the workflow ends without an answer", async () => {
    await using engine = await open({ limits });
    const id = await engine.launch("script", [take, receive("end")]);
    const asked = update(engine, id, 1, { key: "k" });
    const ended = asked.catch((error: unknown) => error);
    await engine.engine.whenIdle();
    await engine.send(id, "end", null);
    expect(await ended).toMatchObject({
      code: "WORKFLOW_ENDED",
      message: `Workflow ${id} has ended without answering the update.`,
    });
    await expect(update(engine, id, 1, { key: "k" })).rejects.toMatchObject({
      code: "WORKFLOW_ENDED",
    });
  });

  test("remains when its caller goes away", async () => {
    await using engine = await open({ limits });
    const id = await engine.launch("script", [receive("go"), take, echo(1)]);
    const caller = new AbortController();
    const asked = update(engine, id, 5, { key: "k", signal: caller.signal });
    const gone = asked.catch((error: unknown) => error);
    await engine.engine.whenIdle();
    caller.abort("gone");
    expect(await gone).toBe("gone");
    await engine.send(id, "go", null);
    expect(await engine.status(id)).toBe("completed");
    expect(await update(engine, id, 5, { key: "k" })).toEqual({ value: "5" });
  });
});

test("an answer may be an error, and is given once", async () => {
  await using engine = await open();
  const message = "$0.body.message.number";
  const error = { name: "SoldOut", message: "There is none left." };
  const id = await engine.launch("script", [
    take,
    { ask: ["reply", { message, error }] },
    { ask: ["reply", { message, value: 1 }] },
    { ask: ["reply", { message: 2, value: 1 }] },
    { ask: ["reply", { message, value: 1, error }] },
    { ask: ["reply", { message }] },
    { ask: ["reply", { message: 0, value: 1 }] },
  ]);
  expect(await update(engine, id, 1)).toEqual({ error });
  const codes = (JSON.parse((await engine.end(id)).response ?? "") as unknown[]).slice(1);
  expect(codes).toMatchObject([
    { status: 200, body: {} },
    { status: 409, body: { error: { code: "ALREADY_REPLIED" } } },
    { status: 404, body: { error: { code: "UNKNOWN_UPDATE" } } },
    { status: 400, body: { error: { code: "INVALID_REQUEST" } } },
    { status: 400 },
    { status: 400 },
  ]);
});

test("an answer that is too large is refused, and another may be given", async () => {
  await using engine = await open({ limits: { textCharacters: 2_000 } });
  const message = "$0.body.message.number";
  const id = await engine.launch("script", [
    take,
    { ask: ["reply", { message, value: ["$0.body.message.data", "x".repeat(1_500)] }] },
    { ask: ["reply", { message, value: "short" }] },
  ]);
  expect(await update(engine, id, "y".repeat(900), { key: "k" })).toEqual({ value: '"short"' });
});

test("a key is for one update only, and for one workflow", async () => {
  await using engine = await open();
  const steps = [take, echo(0), receive("end")];
  const [one, other] = [await engine.launch("script", steps), await engine.launch("script", steps)];
  expect(await update(engine, one, 1, { key: "k" })).toEqual({ value: "1" });
  await expect(update(engine, one, 2, { key: "k" })).rejects.toMatchObject({
    code: "IDEMPOTENCY_CONFLICT",
  });
  expect(await update(engine, other, 2, { key: "k" })).toEqual({ value: "2" });
});

test("what can't be sent is refused, and sends nothing", async () => {
  await using engine = await open({ limits: { mailboxMessages: 1, textCharacters: 1_000 } });
  const id = await engine.launch("script", [receive("end")]);
  const request = { key: "k", type: "add", data: "1" };
  const refused = (changed: object): Promise<unknown> =>
    engine.engine
      .update(id, { ...request, ...changed }, { timeoutMs: 0 })
      .catch((error: { readonly code?: unknown }) => error.code);
  expect(await refused({ data: "{" })).toBe("INVALID_REQUEST");
  expect(await refused({ type: "flawless:cancel" })).toBe("INVALID_REQUEST");
  expect(await refused({ key: "k".repeat(256) })).toBe("INVALID_REQUEST");
  expect(await refused({})).toBeNull();
  expect(await refused({ key: "l" })).toBe("LIMIT_REACHED");
  await expect(engine.engine.update("wkf_1", request, { timeoutMs: 0 })).rejects.toMatchObject({
    code: "WORKFLOW_NOT_FOUND",
  });
});

test("only the newest updates are stored", async () => {
  await using engine = await open({ limits: { keptUpdates: 2 } });
  const rounds = Array.from({ length: 4 }, (_, round) => [take, echo(2 * round)]).flat();
  const id = await engine.launch("script", [...rounds, receive("end")]);
  for (const data of [1, 2, 3]) {
    expect(await update(engine, id, data)).toEqual({ value: String(data) });
  }
  const { notes = new Map<string, string>() } = [...engine.storage.workflows.values()][0] ?? {};
  expect([...notes.keys()].toSorted()).toEqual([
    "update 2",
    "update 3",
    "update of key 2",
    "update of key 3",
    "updates",
  ]);
  expect(await update(engine, id, 3)).toEqual({ value: "3" });
  // The old one is forgotten, so this is another one.
  expect(await update(engine, id, 1)).toEqual({ value: "1" });
});

test("callers are told that the engine stops", async () => {
  await using engine = await open();
  const id = await engine.launch("script", [receive("end")]);
  const asked = update(engine, id, 1);
  const stopped = asked.catch((error: unknown) => error);
  await engine.engine.whenIdle();
  await engine.engine.close();
  expect(await stopped).toMatchObject({ code: "CLOSED" });
});

test("many at once are each answered", async () => {
  await using engine = await open({ limits: { idleGuestMs: 0 } });
  const count = 200;
  const rounds = Array.from({ length: count }, (_, round) => [take, echo(2 * round)]).flat();
  const id = await engine.launch("script", rounds);
  const all = Array.from({ length: count }, (_, number) => update(engine, id, number));
  expect(await Promise.all(all)).toEqual(
    Array.from({ length: count }, (_, number) => ({ value: String(number) })),
  );
  expect((await engine.end(id)).status).toBe("completed");
});

test.each(memoryModes)(
  "an update is taken once, whenever a crash comes, and its caller gets the answer, $mode",
  async ({ limits }) => {
    const input = [take, { call: { Sleep: { secs: 0, nanos: 5_000_000 } } }, echo(0)];
    const update = { type: "add", data: { n: 1 } };
    const runs = await crashedRuns({
      module: "extensions",
      workflow: "script",
      input,
      limits,
      update,
    });
    expect(runs.length).toBeGreaterThan(2);
    for (const { where, workflow, run } of runs) {
      expect(run.reply, where).toEqual({ value: '{"n":1}' });
      expect(workflow.status, where).toBe("completed");
      expect(run.notes["updates"], where).toBe("1");
      expect(JSON.parse(workflow.response ?? ""), where).toMatchObject([
        { body: { message: { data: { n: 1 }, update: true, number: 1 } } },
        "Unit",
        { status: 200, body: {} },
      ]);
    }
  },
);
