import { describe, expect, test } from "vitest";
import { memoryModes, TestEngine } from "../testing/test-engine.ts";
import { isSettled } from "../testing/until.ts";

describe.each(memoryModes)("$mode", ({ limits }) => {
  test("a workflow that waits for a message shows for which, and receives it", async () => {
    await using engine = await TestEngine.open({ limits });
    const id = await engine.launch("receive");
    expect(await engine.info(id)).toMatchObject({
      status: "running",
      waiting: { on: "message", types: ["approve"], until: null },
    });
    await engine.send(id, "approve", { by: "Ada" });

    expect(await engine.info(id)).toMatchObject({ status: "completed", waiting: null });
    expect(await engine.response(id)).toEqual({ by: "Ada" });
  });

  test("messages arrive in the order in which they were sent, whatever their types", async () => {
    await using engine = await TestEngine.open({ limits });
    const id = await engine.launch("receive_many", { count: 4 });
    const sent = [
      ["b", 1],
      ["a", 2],
      ["a", 3],
      ["b", 4],
    ] as const;
    // Not awaited one by one: the order of the calls counts.
    await Promise.all(sent.map(([type, n]) => engine.engine.send(id, type, `{"n":${n}}`)));
    await engine.end(id);

    expect(await engine.response(id)).toEqual(sent.map(([type, n]) => ({ type, n })));
  });

  test("a message of a type that is not awaited is stored until it is", async () => {
    await using engine = await TestEngine.open({ limits });
    const id = await engine.launch("receive_only_b_then_a");
    await engine.send(id, "a", { n: 1 });
    await engine.send(id, "unheard of", {});
    expect(await engine.info(id)).toMatchObject({ waiting: { types: ["b"] } });
    await engine.send(id, "b", { n: 2 });

    expect(await engine.response(id)).toEqual([
      { type: "b", n: 2 },
      { type: "a", n: 1 },
    ]);
  });

  test("a message that arrives before it is awaited is stored, even across a restart", async () => {
    await using before = await TestEngine.open({ limits });
    const id = await before.launch("all_calls", { url: "http://site", secret: "none" });
    await before.send(id, "go", { value: "early" });

    await using after = await before.restart();
    await after.pass(20);

    expect(await after.info(id)).toMatchObject({ status: "running", waiting: { on: "sleep" } });
    expect(await after.response(id)).toMatchObject({ received: "early" });
  });

  test("a message that arrived while the workflow waited for another is stored across a restart", async () => {
    await using before = await TestEngine.open({ limits });
    const id = await before.launch("receive_only_b_then_a");
    await before.send(id, "a", { n: 1 });

    await using after = await before.restart();
    await after.engine.whenIdle();
    await after.send(id, "b", { n: 2 });

    expect(await after.response(id)).toHaveLength(2);
  });

  test("a message is consumed once, even across restarts", async () => {
    await using first = await TestEngine.open({ limits });
    const id = await first.launch("receive_many", { count: 3 });
    await first.send(id, "a", { n: 1 });
    await using second = await first.restart();
    await second.send(id, "a", { n: 2 });
    await using third = await second.restart();
    await third.engine.whenIdle();
    expect(await third.status(id)).toBe("running");
    await third.send(id, "a", { n: 3 });

    expect(await third.response(id)).toEqual([1, 2, 3].map((n) => ({ type: "a", n })));
  });

  test("a wait with a timeout ends when that is over, not before", async () => {
    await using engine = await TestEngine.open({ limits });
    const response = engine.run("receive_timeout", { ms: 5_000 });
    await engine.pass(4_999);
    expect(await isSettled(response)).toBe(false);
    await engine.pass(1);

    expect(await response).toBe("timed out");
  });

  test("a message in the last millisecond before the timeout is received", async () => {
    await using engine = await TestEngine.open({ limits });
    const id = await engine.launch("receive_timeout", { ms: 5_000 });
    expect(await engine.info(id)).toMatchObject({
      waiting: { on: "message", types: ["approve"], until: "2026-01-02T03:04:10.000Z" },
    });
    await engine.pass(4_999);
    await engine.send(id, "approve", { by: "Ada" });
    await engine.pass(10_000);

    expect(await engine.response(id)).toEqual({ by: "Ada" });
  });

  test("the time that a server is down counts towards a timeout", async () => {
    await using before = await TestEngine.open({ limits });
    const id = await before.launch("receive_timeout", { ms: 5_000 });
    await before.engine.kill();
    before.clock.set(before.clock.now() + 3_000);
    await using after = await before.restart();
    await after.pass(1_999);
    expect(await after.status(id)).toBe("running");
    await after.pass(1);

    expect(await after.response(id)).toBe("timed out");
  });

  test("a message after the timeout is too late, and changes nothing", async () => {
    await using engine = await TestEngine.open({ limits });
    const id = await engine.launch("all_calls", { url: "http://site", secret: "none" });
    await engine.pass(20 + 60_000);
    await engine.send(id, "go", { value: "late" });
    await engine.pass(20);

    expect(await engine.info(id)).toMatchObject({ status: "completed" });
    expect(await engine.response(id)).toMatchObject({ received: null });
  });

  test("a workflow that waits after its response ends with the message", async () => {
    await using engine = await TestEngine.open({ limits });
    const { id, response } = await engine.startText("receive_after_response");
    expect(response).toBe('"waiting"');
    await engine.engine.whenIdle();
    await engine.send(id, "finish", {});

    expect(await engine.status(id)).toBe("completed");
    expect(engine.logLines).toEqual(["info: finished"]);
  });
});

describe("a host call for a message", () => {
  const receive = (timeout: string): string =>
    JSON.stringify({ input: `{"RecvMessage":[${timeout},["t"]]}` });

  test("returns exactly the text that was sent", async () => {
    await using engine = await TestEngine.open({ module: "raw_calls" });
    const text = '{"n":18446744073709551615, "__proto__":"\u{1F600}\\u0000"}';
    const { id } = await engine.startText("submit", receive("null"), { detached: true });
    await engine.engine.send(id, "t", text);
    await engine.end(id);

    expect(await engine.response(id)).toEqual({
      code: 0,
      output: `{"Message":["t",${JSON.stringify(text)}]}`,
    });
  });

  test("with no time to wait times out immediately", async () => {
    await using engine = await TestEngine.open({ module: "raw_calls" });
    const { response } = await engine.startText("submit", receive('{"secs":0,"nanos":0}'));

    expect(JSON.parse(response ?? "")).toEqual({ code: 0, output: '"Timeout"' });
  });

  test("that waits longer than any clock runs, waits", async () => {
    await using engine = await TestEngine.open({ module: "raw_calls" });
    const longest = receive('{"secs":18446744073709551615,"nanos":999999999}');
    const { id } = await engine.startText("submit", longest, { detached: true });
    await engine.pass(1e12);
    expect(await engine.info(id)).toMatchObject({
      waiting: { until: "+275760-09-13T00:00:00.000Z" },
    });
    await engine.send(id, "t", null);

    expect(await engine.status(id)).toBe("completed");
  });
});

describe("a message is refused", () => {
  test.each([
    ["that is no JSON", "approve", "{", "INVALID_REQUEST"],
    ["that is no Unicode", "approve", '"\uDC00"', "INVALID_REQUEST"],
    ["whose type is no Unicode", "\uDC00", "1", "INVALID_REQUEST"],
    ["that is too long", "approve", `"${"x".repeat(100)}"`, "INVALID_REQUEST"],
    ["whose type is too long", "x".repeat(101), "1", "INVALID_REQUEST"],
  ])("a message %s is refused", async (_what, type, data, code) => {
    await using engine = await TestEngine.open({ limits: { textCharacters: 100 } });
    const id = await engine.launch("receive");

    await expect(engine.engine.send(id, type, data)).rejects.toMatchObject({ code });
    await engine.send(id, "approve", { by: "Ada" });
    expect(await engine.status(id)).toBe("completed");
  });

  test.each([
    ["a workflow that there is not", "wkf_1"],
    ["what is no id", "../etc"],
  ])("for %s", async (_what, id) => {
    await using engine = await TestEngine.open();

    await expect(engine.engine.send(id, "go", "1")).rejects.toMatchObject({
      code: "WORKFLOW_NOT_FOUND",
    });
  });

  test("for a workflow that has ended, even after a restart", async () => {
    await using before = await TestEngine.open();
    const { id } = await before.startText("noop");
    await before.end(id);
    const ended = {
      code: "WORKFLOW_ENDED",
      message: expect.stringContaining("is completed") as string,
    };
    await expect(before.engine.send(id, "go", "1")).rejects.toMatchObject(ended);

    await using after = await before.restart();
    await expect(after.engine.send(id, "go", "1")).rejects.toMatchObject(ended);
  });
});
