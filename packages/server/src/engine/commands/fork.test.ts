import { describe, expect, test } from "vitest";
import { fixtureAs } from "../../testing/other-version.ts";
import { memoryModes, TestEngine, type TestEngineOptions } from "../../testing/test-engine.ts";

type Step =
  | { readonly ask: readonly [string, unknown] }
  | { readonly call: unknown }
  | { readonly panic: string };

const receive = (...types: readonly string[]): Step => ({ call: { RecvMessage: [null, types] } });
const post = (path: string): Step => ({
  call: {
    HTTPRequest: {
      config: { idempotent: true, timeout: { secs: 300, nanos: 0 }, response_body_limit: 100 },
      method: "POST",
      url: `http://site${path}`,
      headers: [],
      body: "",
    },
  },
});
const random: Step = { call: { Random: { I64: 0 } } };
const message = (text: string, type = "go"): object => ({ Message: [type, JSON.stringify(text)] });

function open(options: TestEngineOptions = {}): Promise<TestEngine> {
  return TestEngine.open({ module: "extensions", ...options });
}

/** The calls of a workflow's journal, except the first: its input. */
async function calls(engine: TestEngine, id: string): Promise<readonly string[]> {
  return (await engine.steps(id)).map(({ call }) => call);
}

/** The requests that were sent. */
function requests(engine: TestEngine): readonly string[] {
  return engine.http.sent.map(({ url }) => new URL(url).pathname);
}

describe.each(memoryModes)("a fork, $mode", ({ limits }) => {
  test("takes over the first answers, and repeats what came after them", async () => {
    await using engine = await open({ limits });
    const steps = [random, post("/one"), random, post("/two"), { panic: "no" }];
    const old = await engine.launch("script", steps);
    await engine.end(old);
    const before = await engine.steps(old);
    expect(before.map(({ call }) => call.slice(0, 8))).toEqual([
      '"GetInpu',
      '{"Random',
      '{"HTTPRe',
      '{"Random',
      '{"HTTPRe',
      '{"Log":{',
    ]);
    const details = await engine.engine.workflow(old);
    // The input, a random number and the first request.
    const { id } = await engine.engine.fork(old, { fromStep: 3 });
    await engine.end(id);
    const after = await engine.steps(id);

    expect(after.slice(0, 3)).toEqual(before.slice(0, 3));
    expect(after.map(({ call }) => call)).toEqual(before.map(({ call }) => call));
    expect(after[3]?.answer).not.toBe(before[3]?.answer);
    expect(requests(engine)).toEqual(["/one", "/two", "/two"]);
    expect(await engine.engine.workflow(id)).toMatchObject({
      status: "failed",
      restartedFrom: { id: old, fromStep: 3 },
    });
    expect(await engine.steps(old)).toEqual(before);
    expect(await engine.engine.workflow(old)).toEqual({
      ...details,
      restarts: [{ id, fromStep: 3 }],
    });
  });

  test("at 0 takes over nothing; at the end it does what the old one did after its last step", async () => {
    await using engine = await open({ limits });
    const old = await engine.launch("script", [random, post("/one")]);
    const all = (await engine.steps(old)).length;
    const none = await engine.engine.fork(old, { fromStep: 0 });
    const whole = await engine.engine.fork(old, { fromStep: all });
    await engine.end(none.id);

    expect(await engine.end(whole.id)).toMatchObject({
      status: "completed",
      response: (await engine.info(old)).response,
    });
    expect(await engine.steps(whole.id)).toEqual(await engine.steps(old));
    // The fourth is the response, which contains the random number.
    expect((await calls(engine, none.id)).slice(0, 3)).toEqual(
      (await calls(engine, old)).slice(0, 3),
    );
    expect((await engine.info(none.id)).response).not.toBe((await engine.info(old)).response);
    expect(requests(engine)).toEqual(["/one", "/one"]);
  });

  test("of a fork takes over steps of both", async () => {
    await using engine = await open({ limits });
    const old = await engine.launch("script", [random, random, random, { panic: "no" }]);
    const first = await engine.engine.fork(old, { fromStep: 2 });
    await engine.end(first.id);
    const second = await engine.engine.fork(first.id, { fromStep: 3 });
    await engine.end(second.id);
    const [a, b, c] = await Promise.all([old, first.id, second.id].map((id) => engine.steps(id)));

    expect(b?.slice(0, 2)).toEqual(a?.slice(0, 2));
    expect(c?.slice(0, 3)).toEqual(b?.slice(0, 3));
    expect(c?.[2]).not.toEqual(a?.[2]);
    expect(await engine.engine.workflow(first.id)).toMatchObject({
      restartedFrom: { id: old, fromStep: 2 },
      restarts: [{ id: second.id, fromStep: 3 }],
    });
  });

  test("runs on another version of the module", async () => {
    await using engine = await open({ limits });
    const old = await engine.launch("script", [random, receive("go")]);
    await engine.engine.deploy(fixtureAs("extensions", "1.0.1"));
    const { id } = await engine.engine.fork(old, {
      fromStep: 2,
      version: "1.0.1",
      terminate: true,
    });
    await engine.send(id, "go", "on");

    expect(await engine.status(old)).toBe("cancelled");
    expect(await engine.info(id)).toMatchObject({ version: "1.0.1", status: "completed" });
    const [one, other] = [await engine.response(id), (await engine.steps(old))[1]];
    expect(one).toEqual([JSON.parse(other?.answer ?? "null"), message("on")]);
  });

  test("survives a crash", async () => {
    await using before = await open({ limits });
    const old = await before.launch("script", [random, receive("go"), { panic: "no" }]);
    await before.send(old, "go", "first");
    await before.end(old);
    const { id } = await before.engine.fork(old, { fromStep: 3, idempotencyKey: "k" });
    await using after = await before.restart();
    const again = await after.engine.fork(old, { fromStep: 3, idempotencyKey: "k" });

    expect(again.id).toBe(id);
    expect(await after.end(id)).toMatchObject({ status: "failed" });
    expect((await after.steps(id)).slice(0, 3)).toEqual((await after.steps(old)).slice(0, 3));
  });
});

describe("messages", () => {
  test("that were taken later, or not at all, wait for the fork; those before do not", async () => {
    await using engine = await open();
    const steps = [receive("a"), receive("go"), receive("go"), { panic: "no" }, receive("late")];
    const old = await engine.launch("script", steps);
    for (const [type, text] of [
      ["late", "left"],
      ["go", "first"],
      ["a", "before"],
      ["go", "second"],
    ] as const) {
      await engine.send(old, type, text);
    }
    expect(await engine.end(old)).toMatchObject({ status: "failed" });
    await engine.engine.deploy(fixtureAs("extensions", "1.0.1"));
    const { id } = await engine.engine.fork(old, { fromStep: 2 });
    await engine.end(id);

    const answers = (await engine.steps(id)).slice(1, 4).map(({ answer }) => answer);
    expect(answers.map((answer) => JSON.parse(answer ?? "") as unknown)).toEqual([
      message("before", "a"),
      message("first"),
      message("second"),
    ]);
    expect(
      (await engine.store.mailbox((await engine.store.lastId()) ?? 0)).map(({ data }) => data),
    ).toEqual(['"left"']);
  });

  test("that `wait` took later wait for the fork, with every digit unchanged", async () => {
    await using engine = await open();
    const wait: Step = { ask: ["wait", { types: ["go"] }] };
    const old = await engine.launch("script", [wait, wait]);
    await engine.engine.send(old, "go", '{"id":18446744073709551615}');
    await engine.engine.send(old, "go", "2");
    await engine.end(old);
    const { id } = await engine.engine.fork(old, { fromStep: 1 });
    await engine.end(id);

    const texts = (await engine.steps(id)).map(({ answer }) => answer ?? "").slice(1, 3);
    const bodies = texts.map((text) => /"body":"([^"]*)"/.exec(text)?.[1] ?? "");
    expect(Buffer.from(bodies[0] ?? "", "base64").toString()).toContain(
      '"data":{"id":18446744073709551615}',
    );
    expect(Buffer.from(bodies[1] ?? "", "base64").toString()).toContain('"data":2');
  });
});

describe("what a workflow published", () => {
  test("in the steps that are taken over is known of the fork, and nothing later", async () => {
    await using engine = await open();
    const state = (value: unknown): Step => ({ ask: ["state", { value }] });
    const pause: Step = { call: { Sleep: { secs: 60, nanos: 0 } } };
    const steps = [state({ n: 1 }), state({ n: 18_446 }), pause, state({ n: 3 }), pause];
    const old = await engine.launch("script", [pause, ...steps]);
    await engine.pass(200_000);
    expect(await engine.engine.state(old)).toBe('{"n":3}');
    const states: (string | null)[] = [];
    for (const fromStep of [1, 4]) {
      const { id } = await engine.engine.fork(old, { fromStep });
      await engine.engine.whenIdle();
      states.push(await engine.engine.state(id));
    }
    expect(states).toEqual([null, '{"n":18446}']);
  });

  test("its response stays the response", async () => {
    await using engine = await TestEngine.open();
    const { id: old } = await engine.startText("panic_after_response");
    await engine.end(old);
    const steps = await engine.steps(old);
    const responded = steps.findIndex(({ call }) => call.startsWith('{"SendResponse"')) + 1;
    const { id } = await engine.engine.fork(old, { fromStep: responded });

    expect(await engine.end(id)).toMatchObject({ status: "failed", response: '"sent"' });
  });
});
