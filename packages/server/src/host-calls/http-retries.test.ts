import { describe, expect, test } from "vitest";
import { responseTo, type Script } from "../testing/scripted-http-client.ts";
import { TestEngine } from "../testing/test-engine.ts";
import { HttpTransportFailure } from "../network/http-client.ts";

const get = { method: "GET", url: "http://site/page", idempotent: true };

function failing(times: number, error: Error = new HttpTransportFailure("Io", "reset")): Script {
  let attempts = 0;
  return (request) => {
    attempts += 1;
    if (attempts <= times) {
      throw error;
    }
    return responseTo(request, { body: `attempt ${attempts}` });
  };
}

describe("an idempotent request that fails", () => {
  test("is retried after a pause that doubles, on the engine's clock", async () => {
    await using engine = await TestEngine.open();
    engine.http.script = failing(4);
    const start = engine.clock.now();
    const times: number[] = [];
    const script = engine.http.script;
    engine.http.script = (request) => {
      times.push(engine.clock.now() - start);
      return script(request);
    };
    const id = await engine.launch("http", get);
    await engine.pass(60_000);

    expect(await engine.response(id)).toMatchObject({ ok: { body: "attempt 5" } });
    expect(engine.http.sent.every(({ idempotent }) => idempotent)).toBe(true);
    expect(times).toEqual([0, 200, 600, 1_400, 3_000]);
  });

  test("is not retried after the last attempt; the guest gets the error of that one", async () => {
    await using engine = await TestEngine.open();
    engine.http.script = failing(9, new HttpTransportFailure("ConnectionFailed", "refused"));
    const id = await engine.launch("http", get);
    await engine.pass(60_000);

    expect(await engine.response(id)).toMatchObject({
      transport_error: { kind: "ConnectionFailed", message: "refused" },
    });
    expect(engine.http.sent).toHaveLength(5);
  });

  test("is sent as often, and with such pauses, as the engine's limits allow", async () => {
    await using engine = await TestEngine.open({
      limits: { retry: { attempts: 4, initialDelayMs: 1_000, maxDelayMs: 1_500 } },
    });
    engine.http.script = failing(9);
    const id = await engine.launch("http", get);
    await engine.pass(999);
    expect(engine.http.sent).toHaveLength(1);
    await engine.pass(1);
    expect(engine.http.sent).toHaveLength(2);
    await engine.pass(1_500);
    expect(engine.http.sent).toHaveLength(3);
    await engine.pass(1_500);

    expect(engine.http.sent).toHaveLength(4);
    expect(await engine.status(id)).toBe("completed");
  });

  test("is retried after a timeout", async () => {
    await using engine = await TestEngine.open();
    engine.http.script = (request) =>
      engine.http.sent.length === 1
        ? new Promise(() => undefined)
        : responseTo(request, { body: "second" });
    const id = await engine.launch("http", { ...get, timeout_ms: 1_000 });
    await engine.pass(1_199);
    expect(engine.http.sent).toHaveLength(1);
    await engine.pass(1);

    expect(await engine.response(id)).toMatchObject({ ok: { body: "second" } });
  });

  test.each(["Dns", "ConnectionFailed", "Io"] as const)("with %s is retried", async (kind) => {
    await using engine = await TestEngine.open();
    engine.http.script = failing(1, new HttpTransportFailure(kind, "once"));
    const id = await engine.launch("http", get);
    await engine.pass(200);

    expect(await engine.response(id)).toMatchObject({ ok: { body: "attempt 2" } });
  });

  test.each(["InvalidUrl", "UnknownScheme", "TooManyRedirects", "BadStatus", "BadHeader"] as const)(
    "with %s is not retried: it would fail again",
    async (kind) => {
      await using engine = await TestEngine.open();
      engine.http.script = failing(1, new HttpTransportFailure(kind, "always"));

      expect(await engine.run("http", get)).toMatchObject({ transport_error: { kind } });
      expect(engine.http.sent).toHaveLength(1);
    },
  );

  test("with a status is not: that is a response", async () => {
    await using engine = await TestEngine.open();
    engine.http.script = (request) => responseTo(request, { statusCode: 503 });

    expect(await engine.run("http", get)).toMatchObject({ status_error: { code: 503 } });
    expect(engine.http.sent).toHaveLength(1);
  });

  test("is not retried once its workflow is cancelled", async () => {
    await using engine = await TestEngine.open();
    engine.http.script = failing(9);
    const id = await engine.launch("http", get);
    await engine.engine.cancel(id);
    await engine.pass(60_000);

    expect(engine.http.sent).toHaveLength(1);
    expect(engine.clock.timers).toBe(0);
  });

  test("continues after a restart, with all its attempts", async () => {
    await using before = await TestEngine.open();
    before.http.script = failing(5);
    const id = await before.launch("http", get);
    await before.pass(200);
    expect(before.http.sent).toHaveLength(2);

    await using after = await before.restart();
    await after.engine.whenIdle();
    await after.pass(60_000);

    expect(await after.response(id)).toMatchObject({ ok: { body: "attempt 6" } });
  });
});

test("a request that is not idempotent is never retried", async () => {
  await using engine = await TestEngine.open();
  engine.http.script = failing(1);

  expect(await engine.run("http", { ...get, idempotent: false })).toMatchObject({
    transport_error: { kind: "Io", message: "reset" },
  });
  await engine.pass(60_000);
  expect(engine.http.sent).toHaveLength(1);
});

test("the crate's own transport marks its idempotent requests as such", async () => {
  await using engine = await TestEngine.open();
  engine.http.script = failing(1);
  const id = await engine.launch("http_sequence", {
    urls: ["http://site/a", "http://site/b"],
    idempotent: true,
  });
  await engine.pass(60_000);

  expect(await engine.response(id)).toHaveLength(2);
  expect(engine.http.lines).toEqual(["GET /a", "GET /a", "GET /b"]);
});
