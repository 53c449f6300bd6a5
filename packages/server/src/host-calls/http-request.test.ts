import { describe, expect, test } from "vitest";
import { TestEngine, memoryModes } from "../testing/test-engine.ts";
import { HeldResponses, responseTo } from "../testing/scripted-http-client.ts";
import { until } from "../testing/until.ts";
import { HttpTransportFailure } from "../network/http-client.ts";

const get = { method: "GET", url: "http://site/page" };

describe("a request", () => {
  test("is sent as the guest made it", async () => {
    await using engine = await TestEngine.open();
    await engine.run("http", {
      method: "PATCH",
      url: "http://site/a?b=c",
      headers: [
        ["X-First", "1"],
        ["x-second", "2"],
      ],
      body: "gr\u00fc\u00dfe",
      body_limit: 1_234,
    });

    expect(engine.http.sent).toHaveLength(1);
    expect(engine.http.sent[0]).toMatchObject({
      method: "PATCH",
      url: "http://site/a?b=c",
      bodyLimitBytes: 1_234,
      idempotent: false,
    });
    expect(engine.http.sent[0]?.headers.slice(0, 2)).toEqual([
      ["X-First", "1"],
      ["x-second", "2"],
    ]);
    expect(Buffer.from(engine.http.sent[0]?.body ?? "").toString()).toBe("gr\u00fc\u00dfe");
  });

  test("is in the journal before it is sent, and so is everything before it", async () => {
    await using engine = await TestEngine.open();
    const seen: string[] = [];
    engine.http.script = (request) => {
      const [entry] = engine.storage.workflows.values();
      seen.push(entry?.lines.join("") ?? "");
      return responseTo(request);
    };
    await engine.run("http", get);
    const [before = ""] = seen;

    expect(before).toContain('"GetInput"');
    expect(before.trimEnd().split("\n").at(-1)).toMatch(/^I\t\d+\t\{"HTTPRequest":.*page.*\tsent$/);
  });

  test("is shown while in progress", async () => {
    await using engine = await TestEngine.open();
    const held = new HeldResponses();
    engine.http.script = held.script;
    const id = await engine.launch("http", get);
    expect(await engine.info(id)).toMatchObject({
      status: "running",
      waiting: { on: "http", method: "GET", url: "http://site/page" },
    });
    expect(engine.engine.requestsUnderWay).toBe(1);
    held.release();

    expect(await engine.end(id)).toMatchObject({ waiting: null });
    expect(engine.engine.requestsUnderWay).toBe(0);
  });
});

describe("a response", () => {
  test("reaches the guest: status, final URL, headers in lower case, body", async () => {
    await using engine = await TestEngine.open();
    engine.http.script = () => ({
      statusCode: 201,
      url: "http://site/elsewhere",
      headers: [
        ["Content-Type", "text/plain"],
        ["Set-Cookie", "a"],
        ["Set-Cookie", "b"],
      ],
      body: Buffer.from("made"),
    });

    expect(await engine.run("http", get)).toEqual({
      ok: {
        status: 201,
        url: "http://site/elsewhere",
        headers: [
          ["content-type", "text/plain"],
          ["set-cookie", "a"],
          ["set-cookie", "b"],
        ],
        body: "made",
      },
    });
  });

  test.each([399, 400, 404, 500, 599])(
    "with status %d is an error from 400 on",
    async (statusCode) => {
      await using engine = await TestEngine.open();
      engine.http.script = (request) => responseTo(request, { statusCode, body: "why" });

      expect(await engine.run("http", get)).toMatchObject(
        statusCode < 400
          ? { ok: { status: statusCode, body: "why" } }
          : { status_error: { code: statusCode, body: "why" } },
      );
    },
  );

  test("is truncated at the guest's limit even if the client doesn't do so", async () => {
    await using engine = await TestEngine.open();
    engine.http.script = (request) => responseTo(request, { body: "0123456789" });

    expect(await engine.run("http", { ...get, body_limit: 4 })).toMatchObject({
      ok: { body: "0123" },
    });
    expect(await engine.run("http", { ...get, body_limit: 0 })).toMatchObject({ ok: { body: "" } });
  });

  test("keeps every byte", async () => {
    await using engine = await TestEngine.open();
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    engine.http.script = (request) => ({ ...responseTo(request), body: request.body });

    expect(
      await engine.run("http_bytes", { url: "http://site/", base64: bytes.toString("base64") }),
    ).toEqual({ status: 200, base64: bytes.toString("base64") });
  });

  test("is durable as soon as it has arrived", async () => {
    await using before = await TestEngine.open();
    const id = await before.launch("all_calls", { url: "http://site", secret: "none" });
    await before.pass(20);
    await before.requests(2);
    await until(() =>
      [...before.storage.workflows.values()].some(({ lines }) => /R\t.*read/.test(lines.join(""))),
    );

    await using after = await before.restart();
    await after.engine.whenIdle();

    expect(after.http.lines).toEqual(["POST /effect-1 effect-1", "GET /read"]);
    expect(await after.info(id)).toMatchObject({ waiting: { on: "message" } });
  });
});

describe("no response", () => {
  test.each([
    "InvalidUrl",
    "UnknownScheme",
    "Dns",
    "ConnectionFailed",
    "TooManyRedirects",
    "BadStatus",
    "BadHeader",
    "Io",
  ] as const)("of kind %s reaches the guest with its message and address", async (kind) => {
    await using engine = await TestEngine.open();
    engine.http.script = () => {
      throw new HttpTransportFailure(kind, "what happened", { url: "http://site/redirected" });
    };

    expect(await engine.run("http", get)).toEqual({
      transport_error: { kind, message: "what happened", url: "http://site/redirected" },
    });
    expect(engine.http.sent).toHaveLength(1);
  });

  test("for any other reason is of kind Io, with the requested URL", async () => {
    await using engine = await TestEngine.open();
    engine.http.script = () => {
      throw new RangeError("a bug in the client");
    };

    expect(await engine.run("http", get)).toEqual({
      transport_error: { kind: "Io", message: "a bug in the client", url: get.url },
    });
  });

  test("within the guest's timeout is of kind Io and says that it timed out", async () => {
    await using engine = await TestEngine.open();
    engine.http.script = () => new Promise(() => undefined);
    const response = engine.run("http", { ...get, timeout_ms: 1_500 });
    await engine.requests(1);
    await engine.pass(1_499);
    expect(engine.http.sent[0]?.signal.aborted).toBe(false);
    await engine.pass(1);

    expect(await response).toEqual({
      transport_error: {
        kind: "Io",
        message: "the request timed out after 1500 ms",
        url: get.url,
      },
    });
    expect(engine.http.sent[0]?.signal.aborted).toBe(true);
  });

  test("within the crate's 120 s is the same", async () => {
    await using engine = await TestEngine.open();
    engine.http.script = () => new Promise(() => undefined);
    const id = await engine.launch("http", get);
    await engine.requests(1);
    await engine.pass(119_999);
    expect(await engine.status(id)).toBe("running");
    await engine.pass(1);

    expect(await engine.response(id)).toMatchObject({ transport_error: { kind: "Io" } });
  });

  test("gets its time again after a pause of the whole process", async () => {
    await using engine = await TestEngine.open();
    const held = new HeldResponses();
    engine.http.script = held.script;
    const response = engine.run("http", { ...get, timeout_ms: 2_000 });
    await engine.requests(1);
    // The clock advances although no timer fires.
    engine.clock.set(engine.clock.now() + 60_000);
    await engine.pass(0);
    await engine.pass(1_999);
    held.release();

    expect(await response).toMatchObject({ ok: { status: 200 } });
  });

  test("gets it only once more", async () => {
    await using engine = await TestEngine.open();
    engine.http.script = new HeldResponses().script;
    const response = engine.run("http", { ...get, timeout_ms: 2_000 });
    await engine.requests(1);
    engine.clock.set(engine.clock.now() + 60_000);
    await engine.pass(0);
    await engine.pass(2_000);

    expect(await response).toMatchObject({ transport_error: { kind: "Io" } });
  });

  test("that arrives after the timeout is ignored", async () => {
    await using engine = await TestEngine.open();
    const held = new HeldResponses();
    engine.http.script = held.script;
    const response = engine.run("http", { ...get, timeout_ms: 10 });
    await engine.requests(1);
    await engine.pass(10);
    expect(await response).toMatchObject({ transport_error: { kind: "Io" } });

    held.release();
    await engine.engine.whenIdle();
    expect(engine.http.sent).toHaveLength(1);
  });
});

describe.each(memoryModes)("a crash while a request is in progress, $mode", ({ limits }) => {
  test("interrupts one that must not be repeated: it is not retried, and the guest is told", async () => {
    await using before = await TestEngine.open({ limits });
    before.http.script = () => new Promise(() => undefined);
    const id = await before.launch("http", { ...get, method: "POST" });
    await before.requests(1);

    await using after = await before.restart();
    await after.engine.whenIdle();

    expect(await after.response(id)).toEqual({
      transport_error: {
        kind: "RequestInterrupted",
        message:
          "the server stopped while this request was under way: whether it had an effect is unknown",
        url: get.url,
      },
    });
    expect(after.http.sent).toHaveLength(1);
    expect(before.http.sent[0]?.signal.aborted).toBe(true);
  });

  test("retries one that is idempotent", async () => {
    await using before = await TestEngine.open({ limits });
    before.http.script = () => new Promise(() => undefined);
    const id = await before.launch("http", { ...get, idempotent: true });
    await before.requests(1);

    before.http.script = (request) => responseTo(request, { body: "second" });
    await using after = await before.restart();
    await after.requests(2);
    await after.end(id);

    expect(await after.response(id)).toMatchObject({ ok: { body: "second" } });
    expect(after.http.sent).toHaveLength(2);
  });
});
