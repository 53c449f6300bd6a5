import { describe, expect, test } from "vitest";
import { memoryModes, TestEngine } from "../../testing/test-engine.ts";
import { isSettled, rejectionOf } from "../../testing/until.ts";
import type { StartOptions, StartResult } from "../types.ts";

async function start(
  engine: TestEngine,
  key: string,
  changed: { readonly workflow?: string; readonly input?: string } = {},
  options: StartOptions = {},
): Promise<StartResult> {
  return await engine.engine.start(
    {
      module: "conformance",
      version: "1.0.0",
      workflow: "responds_later",
      input: '{"ms":100}',
      idempotencyKey: key,
      ...changed,
    },
    options,
  );
}

async function count(engine: TestEngine): Promise<number> {
  return (await engine.engine.list()).workflows.length;
}

describe.each(memoryModes)("starts with the same key, $mode", ({ limits }) => {
  test("at the same time are one; all callers get its response", async () => {
    await using engine = await TestEngine.open({ limits });
    const started = Promise.all([start(engine, "k"), start(engine, "k"), start(engine, "k")]);
    expect(await isSettled(started)).toBe(false);
    await engine.pass(100);
    const results = await started;

    expect(new Set(results.map(({ id }) => id)).size).toBe(1);
    expect(results.map(({ response }) => response)).toEqual(['"later"', '"later"', '"later"']);
    expect(await count(engine)).toBe(1);
    await engine.pass(100);
    expect(engine.logLines).toEqual(["info: response sent: true"]);
  });

  test("one while the first is still running waits for the same response", async () => {
    await using engine = await TestEngine.open({ limits });
    const first = await start(engine, "k", {}, { detached: true });
    await engine.engine.whenIdle();
    const second = start(engine, "k");
    expect(await isSettled(second)).toBe(false);
    await engine.pass(100);

    expect(await second).toEqual({ id: first.id, response: '"later"' });
    await engine.pass(100);
    expect(engine.logLines).toEqual(["info: response sent: true"]);
  });

  test("one after the response, and one after the end, get it immediately", async () => {
    await using engine = await TestEngine.open({ limits });
    const first = start(engine, "k");
    await isSettled(first);
    await engine.pass(100);
    const result = await first;
    expect(await start(engine, "k")).toEqual(result);
    await engine.pass(100);
    expect(await engine.status(result.id)).toBe("completed");

    expect(await start(engine, "k")).toEqual(result);
    expect(await start(engine, "k", {}, { detached: true })).toEqual({ ...result, response: null });
    expect(await count(engine)).toBe(1);
  });

  test("are one across a restart, before the response and after", async () => {
    await using first = await TestEngine.open({ limits });
    const { id } = await start(first, "k", {}, { detached: true });
    await first.pass(50);
    await using second = await first.restart();
    const again = start(second, "k");
    await isSettled(again);
    await second.pass(50);
    expect(await again).toEqual({ id, response: '"later"' });
    await using third = await second.restart();

    expect(await start(third, "k")).toEqual({ id, response: '"later"' });
    expect(await count(third)).toBe(1);
  });

  test("after a failure get that failure: nothing is started again", async () => {
    await using engine = await TestEngine.open({ limits });
    const panic = { workflow: "panic_before_response", input: '{"message":"why"}' };
    const failed = { code: "WORKFLOW_FAILED", message: expect.stringContaining("why") as string };
    await expect(start(engine, "k", panic)).rejects.toMatchObject(failed);
    await expect(start(engine, "k", panic)).rejects.toMatchObject(failed);
    await using after = await engine.restart();
    await expect(start(after, "k", panic)).rejects.toMatchObject(failed);

    expect(await count(after)).toBe(1);
  });

  test("after a cancellation get that cancellation", async () => {
    await using engine = await TestEngine.open({ limits });
    const { id } = await start(engine, "k", {}, { detached: true });
    await engine.engine.cancel(id);

    await expect(start(engine, "k")).rejects.toMatchObject({ code: "WORKFLOW_CANCELLED" });
  });
});

describe("a key that was used for another start", () => {
  test.each([
    ["with another input", { input: '{"ms":101}' }],
    ["with an input of another spelling", { input: '{ "ms":100}' }],
    ["of another workflow", { workflow: "sleep_ms" }],
  ])("%s is a conflict, at the same time and later", async (_what, changed) => {
    await using engine = await TestEngine.open();
    const first = start(engine, "k", {}, { detached: true });
    const conflict = rejectionOf(start(engine, "k", changed));
    const { id } = await first;
    expect(await conflict).toMatchObject({
      code: "IDEMPOTENCY_CONFLICT",
    });
    await expect(start(engine, "k", changed)).rejects.toMatchObject({
      code: "IDEMPOTENCY_CONFLICT",
      message: `The idempotency key "k" was used to start another workflow, ${id}. Use another key.`,
    });
    expect(await count(engine)).toBe(1);
  });

  test("causes no conflict for a start that was refused before it began", async () => {
    await using engine = await TestEngine.open();
    await expect(start(engine, "k", { input: "{" })).rejects.toMatchObject({
      code: "INVALID_REQUEST",
    });
    await expect(start(engine, "k", { workflow: "nobody" })).rejects.toMatchObject({
      code: "WORKFLOW_NOT_FOUND",
    });

    expect(await start(engine, "k", { workflow: "noop", input: "null" })).toMatchObject({
      response: "null",
    });
  });
});

test("other keys, and no key, start workflows of their own", async () => {
  await using engine = await TestEngine.open();
  const noop = { workflow: "noop", input: "null" };
  const results = await Promise.all([
    start(engine, "a", noop),
    start(engine, "b", noop),
    start(engine, "__proto__", noop),
    engine.startText("noop"),
    engine.startText("noop"),
  ]);

  expect(new Set(results.map(({ id }) => id)).size).toBe(5);
});

test("a response right after the start reaches a caller with a key", async () => {
  await using engine = await TestEngine.open();
  const { id } = await start(engine, "k", { workflow: "noop", input: "null" });
  await engine.end(id);

  expect((await engine.steps(id)).at(-1)).toMatchObject({ answer: '{"ResponseSent":true}' });
});

test("a caller that goes away does not take the response from others with the same key", async () => {
  await using engine = await TestEngine.open();
  const caller = new AbortController();
  const leaving = start(engine, "k", {}, { signal: caller.signal });
  const staying = start(engine, "k");
  await isSettled(staying);
  caller.abort(new Error("gone"));
  await expect(leaving).rejects.toThrow("gone");
  await engine.pass(200);

  expect((await staying).response).toBe('"later"');
  expect(engine.logLines).toEqual(["info: response sent: true"]);
});
