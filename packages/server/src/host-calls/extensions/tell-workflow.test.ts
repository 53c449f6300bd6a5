import { describe, expect, test } from "vitest";
import { crashedRuns } from "../../testing/crash-sweep.ts";
import type { StoredWorkflow } from "../../store/workflow-store.ts";
import { StoreWrapper } from "../../testing/store-wrapper.ts";
import { memoryModes, TestEngine, type TestEngineOptions } from "../../testing/test-engine.ts";

type Step = { readonly ask: readonly [string, unknown] } | { readonly call: unknown };

const receive = (...types: readonly string[]): Step => ({ call: { RecvMessage: [null, types] } });
const poll = (...types: readonly string[]): Step => ({
  call: { RecvMessage: [{ secs: 0, nanos: 0 }, types] },
});
const send = (id: string, data: unknown, type = "go"): Step => ({
  ask: ["send", { id, type, data }],
});
const info: Step = { ask: ["info", {}] };
const own = "$0.body.id";
const done = { status: 200, body: {} };

function open(options: TestEngineOptions = {}): Promise<TestEngine> {
  return TestEngine.open({ module: "extensions", ...options });
}

async function answers(engine: TestEngine, id: string): Promise<readonly unknown[]> {
  return JSON.parse((await engine.end(id)).response ?? "null") as readonly unknown[];
}

describe.each([
  ...memoryModes.map(({ mode, limits }) => ({ mode, limits, groupCommits: true })),
  { mode: "each change a transaction", limits: {}, groupCommits: false },
])("a workflow that reaches others, $mode", ({ mode: _mode, ...options }) => {
  test("sends messages, which wait in order until they are taken", async () => {
    await using engine = await open(options);
    const other = await engine.launch("script", [
      receive("go"),
      receive("start"),
      receive("go"),
      receive("go"),
    ]);
    const id = await engine.launch("script", [
      send(other, { n: 1 }),
      send(other, [2]),
      { ask: ["send", { id: other, type: "go" }] },
    ]);
    expect(await answers(engine, id)).toEqual([done, done, done]);
    await engine.send(other, "start", 0);
    expect(await answers(engine, other)).toEqual([
      { Message: ["go", '{"n":1}'] },
      { Message: ["start", "0"] },
      { Message: ["go", "[2]"] },
      { Message: ["go", "null"] },
    ]);
  });

  test("sends to itself", async () => {
    await using engine = await open(options);
    const id = await engine.launch("script", [info, send(own, 1), poll("go"), poll("go")]);
    expect((await answers(engine, id)).slice(1)).toEqual([
      done,
      { Message: ["go", "1"] },
      "Timeout",
    ]);
  });

  test("gets answers from the workflow that it sends to, again and again", async () => {
    await using engine = await open(options);
    const rounds = [1, 2, 3];
    const ping = await engine.launch("script", [
      { ask: ["wait", { types: ["begin"] }] },
      ...rounds.flatMap((round) => [receive("pong"), send("$0.body.message.data", round, "ping")]),
    ]);
    const pong = await engine.launch("script", [
      ...rounds.flatMap((round) => [send(ping, round, "pong"), receive("ping")]),
    ]);
    await engine.send(ping, "begin", pong);
    expect(await answers(engine, pong)).toEqual(
      rounds.flatMap((round) => [done, { Message: ["ping", String(round)] }]),
    );
    expect(await engine.status(ping)).toBe("completed");
  });

  test("asks one to cancel, which is told so, and ends one immediately", async () => {
    await using engine = await open(options);
    const waits = [receive("flawless:cancel"), poll("flawless:cancel")];
    const asked = await engine.launch("script", waits);
    const ended = await engine.launch("script", waits);
    const id = await engine.launch("script", [
      { ask: ["cancel", { id: asked }] },
      { ask: ["cancel", { id: asked }] },
      { ask: ["terminate", { id: ended }] },
      // Both may be repeated.
      { ask: ["terminate", { id: ended }] },
    ]);
    expect(await answers(engine, id)).toEqual([done, expect.anything(), done, done]);
    expect(await engine.status(ended)).toBe("cancelled");
    expect(await answers(engine, asked)).toEqual([
      { Message: ["flawless:cancel", "null"] },
      "Timeout",
    ]);
  });

  test("asks itself to cancel, or ends itself", async () => {
    await using engine = await open(options);
    const asks = await engine.launch("script", [
      info,
      { ask: ["cancel", { id: own }] },
      receive("flawless:cancel"),
    ]);
    expect((await answers(engine, asks)).slice(1)).toEqual([
      done,
      { Message: ["flawless:cancel", "null"] },
    ]);
    const ends = await engine.launch("script", [
      info,
      { ask: ["terminate", { id: own }] },
      receive("never"),
    ]);
    expect(await engine.end(ends)).toMatchObject({ status: "cancelled", response: null });
  });

  test.each(["send", "cancel", "terminate"])(
    "is told by %s that the workflow has ended or is unknown",
    async (name) => {
      await using engine = await open(options);
      const ended = await engine.launch("script", []);
      const ask = (id: unknown): Step => ({ ask: [name, { id, type: "go", data: 1 }] });
      const id = await engine.launch("script", [ask(ended), ask("wkf_1"), ask("x"), ask(7)]);
      expect(await answers(engine, id)).toMatchObject([
        { status: 409, body: { error: { code: "WORKFLOW_ENDED" } } },
        {
          status: 404,
          body: {
            error: { code: "WORKFLOW_NOT_FOUND", message: "There is no workflow wkf_1." },
          },
        },
        { status: 404, body: { error: { code: "WORKFLOW_NOT_FOUND" } } },
        { status: 400, body: { error: { code: "INVALID_REQUEST" } } },
      ]);
    },
  );
});

test("a message that can't be sent is refused", async () => {
  await using engine = await open({ limits: { mailboxMessages: 1, textCharacters: 2_000 } });
  const other = await engine.launch("script", [receive("end")]);
  const id = await engine.launch("script", [
    info,
    send(other, 1, "flawless:cancel"),
    send(other, 1, ""),
    { ask: ["send", { id: other, type: 1 }] },
    send(
      other,
      Array.from({ length: 20 }, () => "$0.body"),
    ),
    send(other, 1),
    send(other, 2),
  ]);
  expect((await answers(engine, id)).slice(1)).toMatchObject([
    { status: 400 },
    { status: 400 },
    { status: 400 },
    { status: 400, body: { error: { code: "INVALID_REQUEST" } } },
    done,
    { status: 429, body: { error: { code: "LIMIT_REACHED" } } },
  ]);
});

/** Can't be read until told otherwise. */
class UnreadableStore extends StoreWrapper {
  readable = true;

  override workflow(id: number): Promise<StoredWorkflow | undefined> {
    return this.readable ? super.workflow(id) : Promise.reject(new Error("away"));
  }

  override workflowByIdempotencyKey(key: string): Promise<StoredWorkflow | undefined> {
    return this.readable ? super.workflowByIdempotencyKey(key) : Promise.reject(new Error("away"));
  }
}

test.each([
  ["send", { type: "go", data: 1 }, [{ Message: ["go", "1"] }]],
  ["cancel", {}, [{ Message: ["flawless:cancel", "null"] }]],
  ["start", { workflow: "script", input: [], idempotencyKey: "k" }, undefined],
])("%s waits while the store can't be read", async (name, more, received) => {
  let store: UnreadableStore | undefined;
  await using engine = await open({
    limits: { idleGuestMs: 0 },
    wrapStore: (inner) => (store = new UnreadableStore(inner)),
  });
  const other = await engine.launch("script", [receive("go", "flawless:cancel")]);
  Object.assign(store ?? {}, { readable: false });
  const id = await engine.launch("script", [{ ask: [name, { id: other, ...more }] }]);
  const ended = await engine.launch("script", [{ ask: [name, { id: other, ...more }] }]);
  const terminated = engine.engine.terminate(ended);
  await engine.pass(1_000);
  expect(engine.takeErrors().length).toBeGreaterThan(1);
  Object.assign(store ?? {}, { readable: true });
  await terminated;
  await engine.pass(1_000);
  expect(await answers(engine, id)).toMatchObject([{ status: 200 }]);
  expect(await engine.response(other)).toEqual(received);
});

describe.each(memoryModes)("whenever a crash happens, $mode", ({ limits }) => {
  test.each([true, false])("each message arrives once, grouped: %s", async (groupCommits) => {
    const child = [receive("go"), receive("go"), poll("go")];
    const runs = await crashedRuns({
      module: "extensions",
      workflow: "script",
      input: [
        { ask: ["start", { workflow: "script", input: child }] },
        send(own, 1),
        send(own, 2),
        { ask: ["run", { kind: "result", id: own }] },
      ],
      limits,
      groupCommits,
    });
    // How many changes share a transaction depends on timing, unless each one is its own transaction.
    expect(runs.length).toBeGreaterThan(groupCommits ? 2 : 4);
    for (const { run, where, workflow } of runs) {
      expect(workflow.status, where).toBe("completed");
      expect(run.children, where).toHaveLength(1);
      expect(JSON.parse(run.children[0]?.response ?? "null"), where).toEqual([
        { Message: ["go", "1"] },
        { Message: ["go", "2"] },
        "Timeout",
      ]);
      const told = JSON.parse(workflow.response ?? "null") as readonly unknown[];
      expect(told.slice(1), where).toMatchObject([done, done, { body: { status: "completed" } }]);
    }
  });

  test("cancelling is requested once, and an ended workflow stays ended", async () => {
    const waits = [receive("flawless:cancel"), poll("flawless:cancel")];
    const runs = await crashedRuns({
      module: "extensions",
      workflow: "script",
      input: [
        { ask: ["start", { workflow: "script", input: waits }] },
        { ask: ["start", { workflow: "script", input: waits }] },
        { ask: ["cancel", { id: own }] },
        { ask: ["terminate", { id: "$1.body.id" }] },
      ],
      limits,
    });
    expect(runs.length).toBeGreaterThan(2);
    for (const { run, where, workflow } of runs) {
      const told = JSON.parse(workflow.response ?? "null") as readonly unknown[];
      expect(told.slice(2), where).toEqual([done, done]);
      const [terminated, asked] = run.children;
      expect(terminated?.status, where).toBe("cancelled");
      expect(JSON.parse(asked?.response ?? "null"), where).toEqual([
        { Message: ["flawless:cancel", "null"] },
        "Timeout",
      ]);
    }
  });
});
