import { describe, expect, test } from "vitest";
import { HeldResponses } from "../../testing/scripted-http-client.ts";
import { memoryModes, TestEngine } from "../../testing/test-engine.ts";
import { isSettled, rejectionOf } from "../../testing/until.ts";

const known = { module: "conformance", version: "1.0.0", workflow: "noop", input: "null" };

describe("a start is refused", () => {
  test.each([
    [
      "of an unknown module",
      { module: "nobody" },
      "MODULE_NOT_FOUND",
      'No module "nobody" is deployed',
    ],
    ["of an unknown version", { version: "2" }, "MODULE_NOT_FOUND", "but in 1.0.0"],
    [
      "of an unknown workflow",
      { workflow: "nobody" },
      "WORKFLOW_NOT_FOUND",
      'has no workflow "nobody", only',
    ],
    ["of what every object has", { module: "constructor" }, "MODULE_NOT_FOUND", "constructor"],
    ["of the workflow __proto__", { workflow: "__proto__" }, "WORKFLOW_NOT_FOUND", "__proto__"],
    ["with input that is no JSON", { input: "{" }, "INVALID_REQUEST", "The input is not JSON"],
    ["without input", { input: "" }, "INVALID_REQUEST", "The input is not JSON"],
    ["with half a character", { input: '"\uD800"' }, "INVALID_REQUEST", "half a surrogate pair"],
  ])("a start %s is refused", async (_what, changed, code, message) => {
    await using engine = await TestEngine.open();

    await expect(engine.engine.start({ ...known, ...changed })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message) as string,
    });
    expect((await engine.engine.list()).workflows).toEqual([]);
  });
});

describe("a detached start", () => {
  test("settles as soon as the workflow is durable", async () => {
    await using engine = await TestEngine.open();
    const { id, response } = await engine.startText("sleep_ms", '{"ms":100}', { detached: true });

    expect(response).toBeNull();
    expect([...engine.storage.workflows.values()]).toMatchObject([
      { workflow: { workflow: "sleep_ms" } },
    ]);
    await engine.pass(100);
    expect(await engine.response(id)).toBe("slept");
  });

  test("doesn't report a failure: the workflow has begun", async () => {
    await using engine = await TestEngine.open();
    const started = await engine.startText("panic_before_response", '{"message":"why"}', {
      detached: true,
    });

    expect(started.response).toBeNull();
    expect(await engine.end(started.id)).toMatchObject({ status: "failed" });
  });

  test("has a caller that reads the response later, even after a restart", async () => {
    await using before = await TestEngine.open();
    await before.startText("responds_later", '{"ms":100}', { detached: true });
    await before.pass(200);
    await before.startText("responds_later", '{"ms":100}', { detached: true });
    await using after = await before.restart();
    await after.pass(200);

    expect(after.logLines).toEqual(["info: response sent: true", "info: response sent: true"]);
  });
});

describe.each(memoryModes)("a caller that goes away, $mode", ({ limits }) => {
  test("lets the workflow continue, which learns that its response was not sent", async () => {
    await using engine = await TestEngine.open({ limits });
    const caller = new AbortController();
    const started = engine.startText("responds_later", '{"ms":100}', { signal: caller.signal });
    await engine.pass(50);
    caller.abort(new Error("gone"));
    await expect(started).rejects.toThrow("gone");
    await engine.pass(150);

    expect(engine.logLines).toEqual(["info: response sent: false"]);
    const { workflows } = await engine.engine.list();
    expect(workflows).toMatchObject([{ status: "completed", response: '"later"' }]);
  });

  test("before it came counts as none; the workflow is started anyway", async () => {
    await using engine = await TestEngine.open({ limits });
    const signal = AbortSignal.abort(new Error("gone before"));
    await expect(engine.startText("responds_later", '{"ms":100}', { signal })).rejects.toThrow(
      "gone before",
    );
    await engine.pass(200);

    expect(engine.logLines).toEqual(["info: response sent: false"]);
  });

  test("after its response came changes nothing", async () => {
    await using engine = await TestEngine.open({ limits });
    const caller = new AbortController();
    const started = engine.startText("responds_later", '{"ms":100}', { signal: caller.signal });
    await engine.pass(100);
    expect((await started).response).toBe('"later"');
    caller.abort();
    await engine.pass(100);

    expect(engine.logLines).toEqual(["info: response sent: true"]);
  });

  test("gets an error when its server stops; the workflow learns that its response was not sent", async () => {
    await using before = await TestEngine.open({ limits });
    const started = before.startText("responds_later", '{"ms":100}');
    const refused = rejectionOf(started);
    await before.pass(50);
    await using after = await before.restart();
    expect(await refused).toMatchObject({ code: "CLOSED" });
    await after.pass(150);

    expect(after.logLines).toEqual(["info: response sent: false"]);
  });
});

describe("a workflow that ends before its response", () => {
  test.each([
    ["panic_before_response", { message: 'the "reason"' }, "panicked at 'the \"reason\"'"],
    [
      "panic_with_format",
      { order: 17 },
      "panicked at 'order 17 can't be shipped: \"out of stock\"'",
    ],
  ])("fails its caller with the panic's message: %s", async (workflow, input, message) => {
    await using engine = await TestEngine.open();

    await expect(engine.run(workflow, input)).rejects.toMatchObject({
      code: "WORKFLOW_FAILED",
      message: expect.stringContaining(`workflow '${workflow}' ${message}`) as string,
    });
    const { workflows } = await engine.engine.list();
    expect(workflows).toMatchObject([
      {
        status: "failed",
        response: null,
        endedAt: "2026-01-02T03:04:05.000Z",
        error: { code: "PANIC", message: expect.stringContaining(message) as string },
      },
    ]);
  });

  test("because it was cancelled fails its caller with that", async () => {
    await using engine = await TestEngine.open();
    const started = engine.run("sleep_ms", { ms: 100 });
    const refused = rejectionOf(started);
    await engine.engine.whenIdle();
    const [info] = (await engine.engine.list()).workflows;
    await engine.engine.cancel(info?.id ?? "");

    expect(await refused).toMatchObject({ code: "WORKFLOW_CANCELLED" });
  });
});

test("a workflow that panics after its response has still given it", async () => {
  await using engine = await TestEngine.open();
  const { id, response } = await engine.startText("panic_after_response");

  expect(response).toBe('"sent"');
  expect(await engine.end(id)).toMatchObject({
    status: "failed",
    response: '"sent"',
    error: {
      code: "PANIC",
      message: expect.stringContaining("panicked after the response") as string,
    },
  });
});

test("a response is given when it is durable, not when the workflow ends", async () => {
  await using engine = await TestEngine.open();
  const held = new HeldResponses();
  engine.http.script = held.script;
  const started = engine.startText("all_calls", '{"url":"http://site","secret":"none"}');
  await engine.pass(20);
  held.release();
  await engine.requests(2);
  held.release();
  await engine.engine.whenIdle();
  const [info] = (await engine.engine.list({ workflow: "all_calls" })).workflows;
  await engine.send(info?.id ?? "", "go", { value: "on" });
  await engine.requests(4);
  expect(await isSettled(started)).toBe(false);
  held.release();
  held.release();
  const { id, response } = await started;

  expect(response).not.toBeNull();
  expect(await engine.info(id)).toMatchObject({ status: "running" });
});
