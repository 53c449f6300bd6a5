import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { describe, expect, test } from "vitest";
import { FailingStore } from "../../testing/store-wrapper.ts";
import { HeldResponses, responseTo } from "../../testing/scripted-http-client.ts";
import { TestEngine } from "../../testing/test-engine.ts";
import { isSettled, rejectionOf, until } from "../../testing/until.ts";
import { Engine } from "../engine.ts";

const post = { method: "POST", url: "http://site/order", body: "1" };

describe("closing", () => {
  test("lets a request under way end; its response is durable, so it is not interrupted", async () => {
    await using before = await TestEngine.open();
    const held = new HeldResponses();
    before.http.script = held.script;
    const id = await before.launch("http", post);
    await before.requests(1);
    const closed = before.engine.close();
    expect(await isSettled(closed)).toBe(false);
    held.release({ body: "taken" });
    await closed;

    await using after = await before.restart();
    await after.engine.whenIdle();
    expect(await after.response(id)).toMatchObject({ ok: { body: "taken" } });
    expect(after.http.sent).toHaveLength(1);
  });

  test("waits no longer than its limit; the request is interrupted", async () => {
    await using before = await TestEngine.open();
    before.http.script = () => new Promise(() => undefined);
    const id = await before.launch("http", post);
    await before.requests(1);
    await before.engine.close({ graceMs: 1 });

    await using after = await before.restart();
    await after.engine.whenIdle();
    expect(await after.response(id)).toMatchObject({
      transport_error: { kind: "RequestInterrupted" },
    });
  });

  test("lets no new request begin: it begins in the next engine, as if for the first time", async () => {
    let store: FailingStore | undefined;
    await using before = await TestEngine.open({
      wrapStore: (inner) => (store = new FailingStore(inner)),
    });
    const held = new HeldResponses();
    before.http.script = held.script;
    const urls = ["http://site/1", "http://site/2"];
    const id = await before.launch("http_sequence", { urls });
    await before.requests(1);
    const closed = before.engine.close();
    // The engine can't save, and so can't close, before the guest has made its second call.
    const release = store?.hold();
    held.release({ body: "first" });
    await until(() => before.engine.statistics().computing > 0);
    expect(await isSettled(closed)).toBe(false);
    release?.();
    await closed;
    expect(before.http.lines).toEqual(["GET /1"]);

    before.http.script = (request) => responseTo(request, { body: "second" });
    await using after = await before.restart({ wrapStore: (inner) => inner });
    await after.end(id);
    expect(await after.response(id)).toMatchObject([
      { ok: { body: "first" } },
      { ok: { body: "second" } },
    ]);
  });

  test("saves everything: messages, sleeps and responses are there afterwards", async () => {
    await using before = await TestEngine.open();
    const receiver = await before.launch("receive_many", { count: 2 });
    const sleeper = await before.launch("sleep_ms", { ms: 1_000 });
    await before.send(receiver, "a", { n: 1 });
    await before.engine.close();

    await using after = await before.restart();
    await after.send(receiver, "b", { n: 2 });
    await after.pass(1_000);
    expect([await after.status(receiver), await after.status(sleeper)]).toEqual([
      "completed",
      "completed",
    ]);
  });

  test("rejects waiting callers; the workflow continues in the next engine", async () => {
    await using before = await TestEngine.open();
    const started = before.run("sleep_ms", { ms: 100 });
    const refused = rejectionOf(started);
    await before.engine.whenIdle();
    await before.engine.close();
    expect(await refused).toMatchObject({
      code: "CLOSED",
      message: expect.stringContaining("goes on when the server is started again") as string,
    });

    await using after = await before.restart();
    await after.pass(100);
    expect((await after.engine.list()).workflows).toMatchObject([{ status: "completed" }]);
  });

  test("refuses all later requests", async () => {
    await using engine = await TestEngine.open();
    const id = await engine.launch("receive");
    await engine.engine.close();
    const closed = { code: "CLOSED" };

    await expect(engine.run("noop")).rejects.toMatchObject(closed);
    await expect(engine.engine.send(id, "go", "1")).rejects.toMatchObject(closed);
    await expect(engine.engine.cancel(id)).rejects.toMatchObject(closed);
    await expect(engine.engine.deploy(fixtureBytes("crawler"))).rejects.toMatchObject(closed);
  });

  test("twice, or after a kill, closes once", async () => {
    await using engine = await TestEngine.open();
    await Promise.all([engine.engine.close(), engine.engine.close()]);
    await engine.engine.kill();
    await engine.engine.close();

    await expect(engine.engine.whenIdle()).resolves.toBeUndefined();
    await expect(engine.engine.closed).resolves.toBeUndefined();
  });

  test("happens at the end of `await using`, with threads of the engine's own", async () => {
    let id: string;
    {
      await using engine = await Engine.open();
      await engine.deploy(fixtureBytes("conformance"));
      const start = { module: "conformance", version: "1.0.0", workflow: "noop", input: "null" };
      ({ id } = await engine.start(start));
      expect((await engine.wait(id, { timeoutMs: 900_000 })).status).toBe("completed");
    }
    expect(id).toMatch(/^wkf_/);
  });
});

test("a kill settles what is under way, and doesn't affect engines that share its threads", async () => {
  await using first = await TestEngine.open();
  await using second = await TestEngine.open();
  const id = await second.launch("sleep_ms", { ms: 100 });
  const started = rejectionOf(first.run("sleep_ms", { ms: 100 }));
  await first.engine.kill();
  expect(await started).toMatchObject({
    code: "CLOSED",
  });
  await second.pass(100);

  expect(await second.response(id)).toBe("slept");
});
