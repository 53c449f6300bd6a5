import { getEventListeners } from "node:events";
import { Agent, MockAgent } from "undici";
import { describe, expect, test } from "vitest";
import { resolveOptions, type FlawlessOptions } from "../options/flawless-options.ts";
import { FakeServer, unusedUrl } from "../testing/fake-server.ts";
import type { CallOptions } from "./call-scope.ts";
import type { HttpAnswer, HttpRequest } from "./messages.ts";
import { StreamingTransport } from "./streaming-transport.ts";

const get: HttpRequest = { method: "GET", path: "/thing", repeat: "harmless" };
const post: HttpRequest = { method: "POST", path: "/thing", body: "data", repeat: "unless-sent" };
const fine = { text: "fine" };
const busy = { status: 503, text: "busy" };

/** A transport whose pauses take no time and are recorded. */
function transportTo(
  url: string,
  options: Partial<FlawlessOptions> = {},
): { transport: StreamingTransport; pauses: number[] } {
  const pauses: number[] = [];
  const sleep = async (milliseconds: number): Promise<void> => void pauses.push(milliseconds);
  return {
    transport: new StreamingTransport(resolveOptions({ url, sleep, random: () => 0, ...options })),
    pauses,
  };
}

async function send(
  transport: StreamingTransport,
  request: HttpRequest,
  options: CallOptions = {},
): Promise<HttpAnswer> {
  using scope = transport.begin("Testing", options);
  return await transport.send(request, scope);
}

/** Fails the first requests without sending them, then responds with `fine`. */
function failing(code: string, syscall: string, times: number): MockAgent {
  const agent = new MockAgent();
  agent.disableNetConnect();
  const pool = agent.get("http://flawless.test");
  const error = Object.assign(new Error(`${syscall} ${code}`), { code, syscall });
  for (const method of ["GET", "POST"]) {
    pool.intercept({ path: "/thing", method }).replyWithError(error).times(times);
    pool.intercept({ path: "/thing", method }).reply(200, "fine");
  }
  return agent;
}

describe("send", () => {
  test("sends method, path below the URL's, headers, token and body", async () => {
    await using server = await FakeServer.start({ "POST /base/thing": fine });
    const { transport } = transportTo(`${server.url}/base/`, { token: "secret" });
    const answer = await send(transport, { ...post, headers: { "content-type": "text/plain" } });
    expect(answer).toMatchObject({
      status: 200,
      text: "fine",
      method: "POST",
      url: `${server.url}/base/thing`,
    });
    expect(server.requests).toMatchObject([
      {
        headers: { authorization: "Bearer secret", "content-type": "text/plain" },
        body: Buffer.from("data"),
      },
    ]);
    await transport.close();
  });

  test("sends no authorization without a token", async () => {
    await using server = await FakeServer.start({ "GET /thing": fine });
    const { transport } = transportTo(server.url);
    await send(transport, get);
    expect(server.requests[0]?.headers).not.toHaveProperty("authorization");
    await transport.close();
  });

  test("returns a response's headers by lower-case name, and the first of a repeated one", async () => {
    const headers = { "Flawless-Error-Code": "CLOSED", "Set-Cookie": ["a=1", "b=2"] };
    await using server = await FakeServer.start({ "GET /thing": { headers, text: "" } });
    const { transport } = transportTo(server.url);
    const expected = { "flawless-error-code": "CLOSED", "set-cookie": "a=1" };
    expect((await send(transport, get)).headers).toMatchObject(expected);

    using scope = transport.begin("Testing", {});
    const opened = await transport.open(get, scope);
    expect(opened.headers).toMatchObject(expected);
    await transport.readAll(opened);
    await transport.close();
  });

  test("returns responses of every status and doesn't follow redirects", async () => {
    await using server = await FakeServer.start({
      "GET /thing": { status: 302, headers: { location: "/there" }, text: "" },
    });
    const { transport } = transportTo(server.url);
    expect(await send(transport, get)).toMatchObject({
      status: 302,
      headers: { location: "/there" },
    });
    await transport.close();
  });
});

describe("retrying", () => {
  test.each([429, 502, 503, 504])(
    "a harmless request is sent again after status %i",
    async (status) => {
      await using server = await FakeServer.start({
        "GET /thing": [{ status, text: "" }, { status, text: "" }, fine],
      });
      const { transport, pauses } = transportTo(server.url);
      expect(await send(transport, get)).toMatchObject({ status: 200, text: "fine" });
      expect(pauses).toEqual([50, 100]);
      await transport.close();
    },
  );

  test("a harmless request is retried after the connection broke", async () => {
    await using server = await FakeServer.start({ "GET /thing": ["hang up", "break off", fine] });
    const { transport } = transportTo(server.url);
    expect(await send(transport, get)).toMatchObject({ text: "fine" });
    expect(server.requests).toHaveLength(3);
    await transport.close();
  });

  test("waits as long as Retry-After says", async () => {
    const asked = { ...busy, headers: { "retry-after": "3" } };
    await using server = await FakeServer.start({ "GET /thing": [asked, fine] });
    const { transport, pauses } = transportTo(server.url);
    await send(transport, get);
    expect(pauses).toEqual([3000]);
    await transport.close();
  });

  test("returns the last response after this many attempts", async () => {
    await using server = await FakeServer.start({ "GET /thing": busy });
    const { transport } = transportTo(server.url, { retry: { attempts: 3 } });
    expect(await send(transport, get)).toMatchObject({ status: 503, text: "busy" });
    expect(server.requests).toHaveLength(3);
    await transport.close();
  });

  test("fails immediately if the next pause would not fit into the call's time", async () => {
    const asked = { ...busy, headers: { "retry-after": "3600" } };
    await using server = await FakeServer.start({ "GET /thing": [asked, fine] });
    const { transport, pauses } = transportTo(server.url);
    expect(await send(transport, get)).toMatchObject({ status: 503 });
    expect(pauses).toEqual([]);
    await transport.close();
  });

  test.each([[busy], ["hang up"], ["break off"]] as const)(
    "a request that may have been carried out is sent once: %j",
    async (answer) => {
      await using server = await FakeServer.start({ "POST /thing": [answer, fine] });
      const { transport } = transportTo(server.url);
      const outcome = await send(transport, post).catch((error: unknown) => error);
      expect(outcome).toMatchObject(
        answer === busy ? busy : { code: "FLAWLESS_CONNECTION_FAILED", maybeSent: true },
      );
      expect(server.requests).toHaveLength(1);
      await transport.close();
    },
  );

  test.each([
    ["ECONNREFUSED", "connect"],
    ["EAI_AGAIN", "getaddrinfo"],
  ])(
    "a request that was not sent because of %s is sent again, whatever it does",
    async (code, syscall) => {
      const agent = failing(code, syscall, 2);
      const { transport, pauses } = transportTo("http://flawless.test", { dispatcher: agent });
      expect(await send(transport, post)).toMatchObject({ text: "fine" });
      expect(pauses).toHaveLength(2);
      await agent.close();
    },
  );

  test("a request whose connection broke later is not", async () => {
    const agent = failing("ECONNRESET", "read", 1);
    const { transport } = transportTo("http://flawless.test", { dispatcher: agent });
    await expect(send(transport, post)).rejects.toMatchObject({ maybeSent: true, attempts: 1 });
    await agent.close();
  });

  test("a permanent failure is not retried", async () => {
    const agent = failing("DEPTH_ZERO_SELF_SIGNED_CERT", "read", 1);
    const { transport } = transportTo("http://flawless.test", { dispatcher: agent });
    await expect(send(transport, get)).rejects.toMatchObject({
      attempts: 1,
      message: /certificate/,
    });
    await agent.close();
  });

  test.each([get, post])("one attempt means no repeat: %j", async (request) => {
    const agent = failing("ECONNREFUSED", "connect", 1);
    const { transport } = transportTo("http://flawless.test", {
      dispatcher: agent,
      retry: { attempts: 1 },
    });
    await expect(send(transport, request)).rejects.toMatchObject({ attempts: 1, maybeSent: false });
    await agent.close();
  });

  test("repeat: never means no retry, either", async () => {
    const agent = failing("ECONNREFUSED", "connect", 1);
    const { transport } = transportTo("http://flawless.test", { dispatcher: agent });
    await expect(send(transport, { ...get, repeat: "never" })).rejects.toMatchObject({
      attempts: 1,
    });
    await agent.close();
  });

  test("if nothing listens, the error says so", async () => {
    const url = await unusedUrl();
    const { transport } = transportTo(url, { retry: { attempts: 2 } });
    await expect(send(transport, get)).rejects.toMatchObject({
      code: "FLAWLESS_CONNECTION_FAILED",
      attempts: 2,
      maybeSent: false,
      url: `${url}/thing`,
      message: expect.stringMatching(/ECONNREFUSED.*flawless up/),
      cause: { code: "ECONNREFUSED" },
    });
    await transport.close();
  });
});

describe("limits", () => {
  test("a response may be as large as the limit, but no larger", async () => {
    await using server = await FakeServer.start({ "GET /thing": { text: "x".repeat(100_000) } });
    const enough = transportTo(server.url, { maxResponseBytes: 100_000 }).transport;
    expect((await send(enough, get)).text).toHaveLength(100_000);
    const tooLittle = transportTo(server.url, { maxResponseBytes: 99_999 }).transport;
    await expect(send(tooLittle, get)).rejects.toMatchObject({
      code: "FLAWLESS_ANSWER_TOO_LARGE",
      maxBytes: 99_999,
    });
    expect(server.requests).toHaveLength(2);
    await Promise.all([enough.close(), tooLittle.close()]);
  });

  test.each([{ timeoutMs: 20 }, {}])(
    "a call ends by its timeout or the client's: %j",
    async (options) => {
      await using server = await FakeServer.start({ "GET /thing": "stay silent" });
      const { transport } = transportTo(server.url, {
        timeoutMs: "timeoutMs" in options ? Infinity : 20,
      });
      await expect(send(transport, get, options)).rejects.toMatchObject({
        code: "FLAWLESS_TIMEOUT",
        timeoutMs: 20,
        message: `Testing at ${server.url} took longer than 20 ms. The server may still carry it out. Allow it more time by \`timeoutMs\`.`,
      });
      await transport.close();
    },
  );

  test("a request may limit the server's silence; otherwise only the call's timeout does", async () => {
    await using server = await FakeServer.start({ "GET /thing": fine });
    const limits: unknown[] = [];
    const agent = new Agent().compose((dispatch) => (options, handler) => {
      limits.push([options.headersTimeout, options.bodyTimeout]);
      return dispatch(options, handler);
    });
    const { transport } = transportTo(server.url, { dispatcher: agent });
    await send(transport, { ...get, answerWithinMs: 1234 });
    await send(transport, get);
    expect(limits).toEqual([
      [1234, 1234],
      [0, 0],
    ]);
    await agent.close();
  });

  test("a timeout reports the last failure", async () => {
    const sleepUntilAborted = (_: number, signal: AbortSignal): Promise<void> =>
      new Promise((_resolve, reject) =>
        signal.addEventListener("abort", () => reject(new Error("woken"))),
      );
    const agent = failing("ECONNREFUSED", "connect", 1);
    const { transport } = transportTo("http://flawless.test", {
      dispatcher: agent,
      sleep: sleepUntilAborted,
      retry: { initialDelayMs: 0 },
    });
    await expect(send(transport, get, { timeoutMs: 500 })).rejects.toMatchObject({
      code: "FLAWLESS_TIMEOUT",
      cause: { code: "ECONNREFUSED" },
    });
    await agent.close();
  });

  test("refuses an invalid timeout", () => {
    const { transport } = transportTo("http://flawless.test");
    expect(() => transport.begin("Testing", { timeoutMs: -1 })).toThrow(
      expect.objectContaining({ code: "FLAWLESS_INVALID_OPTION", option: "timeoutMs" }),
    );
  });

  test("an aborted signal prevents the request", async () => {
    await using server = await FakeServer.start({ "GET /thing": fine });
    const { transport } = transportTo(server.url);
    const reason = new Error("changed my mind");
    await expect(send(transport, get, { signal: AbortSignal.abort(reason) })).rejects.toMatchObject(
      {
        code: "FLAWLESS_ABORTED",
        cause: reason,
        message: `Testing at ${server.url} was aborted by the signal passed to it.`,
      },
    );
    expect(server.requests).toHaveLength(0);
    await transport.close();
  });

  test("a signal ends the call while the server is silent", async () => {
    const controller = new AbortController();
    await using server = await FakeServer.start({
      "GET /thing": () => {
        controller.abort();
        return "stay silent";
      },
    });
    const { transport } = transportTo(server.url);
    await expect(send(transport, get, { signal: controller.signal })).rejects.toMatchObject({
      code: "FLAWLESS_ABORTED",
    });
    expect(server.requests).toHaveLength(1);
    await transport.close();
  });

  test("a signal ends the call between two attempts", async () => {
    const controller = new AbortController();
    await using server = await FakeServer.start({ "GET /thing": [busy, fine] });
    const { transport } = transportTo(server.url, { sleep: async () => controller.abort() });
    await expect(send(transport, get, { signal: controller.signal })).rejects.toMatchObject({
      code: "FLAWLESS_ABORTED",
    });
    expect(server.requests).toHaveLength(1);
    await transport.close();
  });

  test("many calls may share one signal, and leave no listeners on it", async () => {
    await using server = await FakeServer.start({ "GET /thing": fine });
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning);
    process.on("warning", onWarning);
    const { signal } = new AbortController();
    const { transport } = transportTo(server.url);
    await Promise.all(Array.from({ length: 30 }, () => send(transport, get, { signal })));
    expect(getEventListeners(signal, "abort")).toEqual([]);
    await transport.close();
    process.off("warning", onWarning);
    expect(warnings).toEqual([]);
  });
});

describe("close", () => {
  test("ends pending calls and refuses new ones", async () => {
    const asked = Promise.withResolvers<void>();
    await using server = await FakeServer.start({
      "GET /thing": () => {
        asked.resolve();
        return "stay silent";
      },
    });
    const { transport } = transportTo(server.url);
    const outcome = send(transport, get).catch((error: unknown) => error);
    await asked.promise;
    await transport.close();
    expect(await outcome).toMatchObject({ code: "FLAWLESS_CLIENT_CLOSED" });
    await expect(send(transport, get)).rejects.toMatchObject({ code: "FLAWLESS_CLIENT_CLOSED" });
    await transport.close();
  });

  test("leaves a passed dispatcher open", async () => {
    const agent = failing("ECONNREFUSED", "connect", 1);
    const { transport } = transportTo("http://flawless.test", { dispatcher: agent });
    await transport.close();
    const other = transportTo("http://flawless.test", { dispatcher: agent }).transport;
    expect(await send(other, get)).toMatchObject({ text: "fine" });
    await agent.close();
  });
});
