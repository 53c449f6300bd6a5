import { describe, expect, test } from "vitest";
import { responseTo } from "../../testing/scripted-http-client.ts";
import { TestEngine, type TestEngineOptions } from "../../testing/test-engine.ts";
import { until } from "../../testing/until.ts";

type Step = { readonly ask: readonly [string, unknown] } | { readonly call: unknown };

const http = (path: string, idempotent: boolean): object => ({
  kind: "http",
  request: {
    config: { idempotent, timeout: { secs: 120, nanos: 0 }, response_body_limit: 1_000 },
    method: "POST",
    url: `http://site${path}`,
    headers: [],
    body: "",
  },
});
const begin = (operation: number, what: object): Step => ({
  ask: ["begin", { operation, ...what }],
});
const wait = (...operations: readonly number[]): Step => ({ ask: ["wait", { operations }] });
const receive = (type: string): Step => ({ call: { RecvMessage: [null, [type]] } });

function open(options: TestEngineOptions = {}): Promise<TestEngine> {
  return TestEngine.open({ module: "extensions", ...options });
}

async function bodies(engine: TestEngine, id: string): Promise<readonly unknown[]> {
  const { response, error } = await engine.end(id);
  expect(error).toBeNull();
  const answers = JSON.parse(response ?? "[]") as readonly { readonly body?: unknown }[];
  return answers.map(({ body }) => body);
}

async function startDetached(engine: TestEngine, steps: readonly Step[]): Promise<string> {
  return (await engine.startText("script", JSON.stringify(steps), { detached: true })).id;
}

/** From the journals of all workflows. */
function linesOf(engine: TestEngine): readonly string[] {
  return [...engine.storage.workflows.values()].flatMap(({ lines }) => lines.join("").split("\n"));
}

function requests(engine: TestEngine, path: string): number {
  return engine.http.sent.filter(({ url }) => new URL(url).pathname === path).length;
}

describe("operations that were begun in the steps that a fork takes over", () => {
  test("keep a result that came in them; others begin again, unless they may not", async () => {
    await using engine = await open();
    const gate = Promise.withResolvers<void>();
    engine.http.script = async (request) => {
      await (new URL(request.url).pathname === "/ended" ? undefined : gate.promise);
      return responseTo(request);
    };
    const old = await startDetached(engine, [
      begin(1, http("/ended", false)),
      begin(2, http("/again", true)),
      begin(3, http("/once", false)),
      begin(4, { kind: "sleep", ms: 60_000 }),
      wait(1),
      wait(2),
      wait(3),
      wait(4),
    ]);
    // The first has come, and was given to the workflow, before the others do.
    await until(() => linesOf(engine).some((line) => line.startsWith("D\t")));
    gate.resolve();
    await until(() => linesOf(engine).filter((line) => line.startsWith("D\t")).length === 3);
    await engine.pass(60_000);
    expect((await bodies(engine, old))[7]).toMatchObject({ operation: 4 });
    // The input, four that began, and the first that was waited for.
    const { id } = await engine.engine.fork(old, { fromStep: 6 });
    await until(() => requests(engine, "/again") === 2);
    await engine.pass(59_999);
    // The sleep takes its whole time again.
    expect(await engine.status(id)).toBe("running");
    await engine.pass(1);
    const told = await bodies(engine, id);

    expect(told[4]).toMatchObject({ operation: 1, result: { Ok: { status_code: 200 } } });
    expect(told[5]).toMatchObject({ operation: 2, result: { Ok: { status_code: 200 } } });
    expect(JSON.stringify(told[6])).toContain("RequestInterrupted");
    expect(told[7]).toMatchObject({ operation: 4 });
    expect(["/ended", "/again", "/once"].map((path) => requests(engine, path))).toEqual([1, 2, 1]);
  });

  test("that ended while nobody waited for them are not repeated", async () => {
    await using engine = await open();
    const old = await engine.launch("script", [
      begin(1, http("/ended", true)),
      receive("go"),
      receive("on"),
      wait(1),
    ]);
    await until(() => linesOf(engine).some((line) => line.startsWith("C\t")));
    await engine.send(old, "go", 1);
    const { id } = await engine.engine.fork(old, { fromStep: 3, terminate: true });
    await engine.send(id, "on", 1);

    expect((await bodies(engine, id))[3]).toMatchObject({ operation: 1 });
    expect(requests(engine, "/ended")).toBe(1);
  });

  test("activities are given to workers again, under a key of the fork's own", async () => {
    await using engine = await open();
    const { activities } = engine.engine;
    const poll = { worker: "w", max: 10, waitMs: null };
    activities.register("orders", { worker: "w", concurrency: 10, activities: { charge: {} } });
    const charge = { kind: "activity", queue: "orders", name: "charge", input: 1 };
    const old = await engine.launch("script", [
      begin(1, charge),
      wait(1),
      { ask: ["run", charge] },
    ]);
    const keys: string[] = [];
    const serve = async (result: string): Promise<void> => {
      for (;;) {
        const [task] = await activities.poll("orders", poll);
        if (task !== undefined) {
          keys.push(task.idempotencyKey);
          activities.report("orders", "w", [{ lease: task.lease, value: result } as never]);
          return;
        }
      }
    };
    await serve("1");
    await serve("2");
    await bodies(engine, old);
    const { id } = await engine.engine.fork(old, { fromStep: 2 });
    await serve("3");
    await serve("4");

    const told = await bodies(engine, id);
    expect(told[1]).toMatchObject({ operation: 1, result: { value: 3 } });
    expect(told[2]).toMatchObject({ value: 4 });
    expect(new Set(keys).size).toBe(4);
  });
});

test("children that were started in them are not started again, and their results are waited for", async () => {
  await using engine = await open();
  const old = await engine.launch("script", [
    { ask: ["start", { workflow: "script", input: [receive("go")] }] },
    { ask: ["start", { workflow: "script", input: [], onParentEnd: "cancel" }] },
    { ask: ["run", { kind: "result", id: "$0.body.id" }] },
  ]);
  const { id } = await engine.engine.fork(old, { fromStep: 3, terminate: true });
  await engine.engine.whenIdle();
  const { workflows } = await engine.engine.list();
  const child = workflows.find(({ parent, status }) => parent === old && status === "running");
  expect(workflows.filter(({ parent }) => parent !== null)).toHaveLength(2);
  await engine.send(child?.id ?? "", "go", 7);

  expect((await bodies(engine, id))[2]).toMatchObject({ status: "completed" });
  expect((await engine.engine.list()).workflows).toHaveLength(4);
  expect(await engine.info(id)).toMatchObject({ parent: null });
});

describe("updates", () => {
  const take: Step = { ask: ["wait", { types: ["add"] }] };
  const reply = (step: number): Step => ({
    ask: [
      "reply",
      { message: `$${step}.body.message.number`, value: `$${step}.body.message.data` },
    ],
  });
  const ask = async (engine: TestEngine, id: string, data: number, timeoutMs = 60_000) =>
    engine.engine.update(id, { key: `k${data}`, type: "add", data: `${data}` }, { timeoutMs });

  test("that were answered stay answered, the fork answers those that were taken, later ones are new", async () => {
    await using engine = await open();
    const steps = [take, reply(0), take, receive("go"), reply(2), take, reply(5), receive("end")];
    const old = await engine.launch("script", steps);
    expect(await ask(engine, old, 1)).toEqual({ value: "1" });
    expect(await ask(engine, old, 2, 0)).toBeNull();
    await engine.send(old, "go", 1);
    expect(await ask(engine, old, 2)).toEqual({ value: "2" });
    expect(await ask(engine, old, 3)).toEqual({ value: "3" });
    await engine.send(old, "end", 1);
    await engine.end(old);
    // The input, and the first three.
    const { id } = await engine.engine.fork(old, { fromStep: 4 });

    expect(await ask(engine, id, 1)).toEqual({ value: "1" });
    expect(await ask(engine, id, 2)).toEqual({ value: "2" });
    expect(await ask(engine, id, 3)).toEqual({ value: "3" });
    await engine.engine.whenIdle();
    const told = await bodies(engine, id);
    const numbers = [0, 2, 5].map(
      (step) => (told[step] as { message: { number: number } }).message.number,
    );
    // Above the numbers of the old one: the third differs from its third.
    expect(numbers).toEqual([1, 2, 4]);
  });
});

test("a workflow that continued as new is forked in its last run", async () => {
  await using engine = await open();
  const info: Step = { ask: ["info", {}] };
  const next = [info, receive("go"), info];
  const old = await engine.launch("script", [{ ask: ["continue", { input: next }] }]);
  await engine.send(old, "go", 1);
  const { id } = await engine.engine.fork(old, { fromStep: 2 });
  const told = await bodies(engine, id);

  expect(await engine.info(id)).toMatchObject({ run: 2, status: "completed" });
  // What it read before is the state of the old one.
  expect(told[0]).toMatchObject({ id: old, run: 2 });
  expect(told[2]).toMatchObject({ id, run: 2 });
});
