import { describe, expect, test } from "vitest";
import { TestEngine } from "../../testing/test-engine.ts";

const long = 60_000;

describe("waiting for a response", () => {
  test("ends when it is durable, before the workflow does", async () => {
    await using engine = await TestEngine.open();
    const id = await engine.launch("responds_later", { ms: 100 });
    const waiting = engine.engine.wait(id, { timeoutMs: long, until: "response" });
    await engine.pass(100);
    expect(await waiting).toMatchObject({ response: '"later"' });
  });

  test("ends immediately if there is one, even after a restart", async () => {
    await using before = await TestEngine.open();
    const id = await before.launch("receive_after_response");
    await using after = await before.restart();
    const info = await after.engine.wait(id, { timeoutMs: long, until: "response" });
    expect(info).toMatchObject({ status: "running", response: '"waiting"' });
  });

  test("ends with a workflow that fails before it responds", async () => {
    await using engine = await TestEngine.open();
    const id = await engine.launch("panic_before_response", { message: "no" });
    const info = await engine.engine.wait(id, { timeoutMs: long, until: "response" });
    expect(info).toMatchObject({ status: "failed", response: null });
  });

  test("ends with a workflow that is cancelled meanwhile", async () => {
    await using engine = await TestEngine.open();
    const id = await engine.launch("receive");
    const waiting = engine.engine.wait(id, { timeoutMs: long, until: "response" });
    await engine.engine.cancel(id);
    expect(await waiting).toMatchObject({ status: "cancelled", response: null });
  });

  test("ends when its time is up", async () => {
    await using engine = await TestEngine.open();
    const id = await engine.launch("receive");
    const info = await engine.engine.wait(id, { timeoutMs: 1, until: "response" });
    expect(info).toMatchObject({ status: "running", response: null });
  });
});
