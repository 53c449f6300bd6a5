import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import { resolveOptions, type FlawlessOptions } from "../options/flawless-options.ts";
import { FakeServer, unusedUrl } from "../testing/fake-server.ts";
import type { CallOptions } from "./call-scope.ts";
import { FetchSender, type Fetch } from "./fetch-sender.ts";
import type { HttpAnswer, HttpRequest } from "./messages.ts";
import { StreamingTransport } from "./streaming-transport.ts";

const get: HttpRequest = { method: "GET", path: "/thing", repeat: "harmless" };
const post: HttpRequest = { method: "POST", path: "/thing", body: "data", repeat: "unless-sent" };
const fine = { text: "fine" };
const platformFetch: Fetch = (url, init) => globalThis.fetch(url, init);

/** The error of browsers for any failure. */
const tellNothing: Fetch = async (url, init) => {
  try {
    return await globalThis.fetch(url, init);
  } catch {
    throw new TypeError("Failed to fetch");
  }
};

/** Records the signals that end requests, because Node's own fetch opens a second connection when it ends one. */
function watched(): { readonly fetch: Fetch; readonly signals: readonly unknown[] } {
  const signals: unknown[] = [];
  const fetch: Fetch = (url, init) => {
    signals.push(init.signal);
    return globalThis.fetch(url, init);
  };
  return { fetch, signals };
}

function transportTo(
  url: FlawlessOptions["url"],
  fetch: Fetch = platformFetch,
): StreamingTransport {
  const sleep = async (): Promise<void> => {};
  return new StreamingTransport(resolveOptions({ url, fetch, sleep, random: () => 0 }));
}

async function send(
  transport: StreamingTransport,
  request: HttpRequest,
  options: CallOptions = {},
): Promise<HttpAnswer> {
  using scope = transport.begin("Testing", options);
  return await transport.send(request, scope);
}

describe("a request by fetch", () => {
  test("has method, headers and body, and its response has headers and text", async () => {
    await using server = await FakeServer.start({
      "POST /thing": { status: 201, headers: { "Flawless-Error-Code": "CLOSED" }, text: "ü" },
    });
    const headers = { "content-type": "text/plain" };
    const answer = await send(transportTo(server.url), { ...post, headers });
    expect(answer).toMatchObject({
      status: 201,
      text: "ü",
      headers: { "flawless-error-code": "CLOSED" },
    });
    expect(server.requests).toMatchObject([
      { headers: { "content-type": "text/plain" }, body: Buffer.from("data") },
    ]);
  });

  test("accepts bytes and streams of bytes", async () => {
    await using server = await FakeServer.start({ "POST /thing": fine });
    const transport = transportTo(server.url);
    await send(transport, { ...post, body: Uint8Array.of(1, 2, 3) });
    async function* pieces(): AsyncGenerator<Uint8Array> {
      yield Uint8Array.of(4);
      yield Uint8Array.of(5, 6);
    }
    await send(transport, { ...post, body: pieces(), repeat: "never" });
    expect(server.requests.map(({ body }) => [...body])).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
  });

  test("doesn't follow redirects, even if a browser hides them", async () => {
    await using server = await FakeServer.start({
      "GET /thing": { status: 302, headers: { location: "/there" }, text: "" },
    });
    expect(await send(transportTo(server.url), get)).toMatchObject({
      status: 302,
      headers: { location: "/there" },
    });
    const hidden = Object.defineProperties(new Response(), {
      type: { value: "opaqueredirect" },
      status: { value: 0 },
    });
    const answer = await send(
      transportTo("http://a.test", async () => hidden),
      get,
    );
    expect(answer).toMatchObject({ status: 302, text: "" });
    expect(answer.headers["location"]).toContain("browsers keep");
  });

  test("is read only up to the max response size", async () => {
    await using server = await FakeServer.start({
      "GET /thing": { chunks: ["12345", "67890"], after: "stay open" },
    });
    const { fetch, signals } = watched();
    const options = { url: server.url, fetch, maxResponseBytes: 8 };
    await expect(send(new StreamingTransport(resolveOptions(options)), get)).rejects.toMatchObject({
      code: "FLAWLESS_ANSWER_TOO_LARGE",
    });
    expect(signals).toMatchObject([{ aborted: true }]);
  });
});

describe("a failure of fetch", () => {
  test.each([
    ["the platform's own", platformFetch],
    ["one that tells nothing", tellNothing],
  ])("%s: harmless requests are retried after it", async (_what, fetch) => {
    await using server = await FakeServer.start({ "GET /thing": ["hang up", "break off", fine] });
    expect(await send(transportTo(server.url, fetch), get)).toMatchObject({ text: "fine" });
    expect(server.requests).toHaveLength(3);
  });

  test.each([
    ["the platform's own", platformFetch],
    ["one that tells nothing", tellNothing],
  ])("%s: others are sent once if the server may have got them", async (_what, fetch) => {
    await using server = await FakeServer.start({ "POST /thing": ["hang up", fine] });
    await expect(send(transportTo(server.url, fetch), post)).rejects.toMatchObject({
      code: "FLAWLESS_CONNECTION_FAILED",
      maybeSent: true,
      attempts: 1,
    });
    expect(server.requests).toHaveLength(1);
  });

  test("that is known to occur before sending lets any request go elsewhere", async () => {
    await using server = await FakeServer.start({ "POST /thing": fine });
    const transport = transportTo([await unusedUrl(), server.url]);
    expect(await send(transport, post)).toMatchObject({ text: "fine" });
  });

  test("without details prevents retries that aren't harmless", async () => {
    await using server = await FakeServer.start({ "GET /thing": fine, "POST /thing": fine });
    const urls = [await unusedUrl(), server.url];
    await expect(send(transportTo(urls, tellNothing), post)).rejects.toMatchObject({
      maybeSent: true,
    });
    expect(await send(transportTo(urls, tellNothing), get)).toMatchObject({ text: "fine" });
  });
});

describe("a call by fetch ends", () => {
  test.each(["stay silent", { chunks: ["part"], after: "stay open" }] as const)(
    "by its timeout: %j",
    async (answer) => {
      await using server = await FakeServer.start({ "GET /thing": answer });
      const transport = transportTo(server.url);
      await expect(send(transport, get, { timeoutMs: 30 })).rejects.toMatchObject({
        code: "FLAWLESS_TIMEOUT",
      });
      await server.noConnections();
    },
  );

  test.each(["stay silent", { chunks: ["part"], after: "stay open" }] as const)(
    "when the server has been silent for longer than it may: %j",
    async (answer) => {
      await using server = await FakeServer.start({ "GET /thing": answer });
      const request: HttpRequest = { ...get, answerWithinMs: 30, rounds: 2 };
      await expect(send(transportTo(server.url), request)).rejects.toMatchObject({
        code: "FLAWLESS_CONNECTION_FAILED",
        maybeSent: true,
        attempts: 2,
        cause: { code: "FETCH_SILENCE" },
      });
    },
  );

  test("when the client is closed", async () => {
    const asked = Promise.withResolvers<void>();
    await using server = await FakeServer.start({
      "GET /thing": () => {
        asked.resolve();
        return "stay silent";
      },
    });
    const transport = transportTo(server.url);
    const outcome = send(transport, get).catch((error: unknown) => error);
    await asked.promise;
    await transport.close();
    await transport.close();
    expect(await outcome).toMatchObject({ code: "FLAWLESS_CLIENT_CLOSED" });
  });

  test("and leaves no listener on its signal", async () => {
    await using server = await FakeServer.start({ "GET /thing": fine });
    const { signal } = new AbortController();
    const sender = new FetchSender();
    const sent = { url: `${server.url}/thing`, method: "GET", headers: {}, body: null } as const;
    for (const read of [true, false]) {
      const answer = await sender.send({ ...sent, signal, headersWithinMs: 0, bodyWithinMs: 0 });
      if (read) for await (const _ of answer.body);
      else await answer.discard();
    }
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });
});

test("a sender of the small client refuses a stream, which no call of it has", async () => {
  async function* body(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(1);
  }
  const sent = { url: "http://a.test", method: "PUT", headers: {}, body: body() } as const;
  const { signal } = new AbortController();
  await expect(
    new FetchSender().send({ ...sent, signal, headersWithinMs: 0, bodyWithinMs: 0 }),
  ).rejects.toThrow("This client sends no streams.");
});

test("a streamed response may be left early", async () => {
  await using server = await FakeServer.start({
    "GET /thing": { chunks: ["one", "two"], after: "stay open" },
  });
  const { fetch, signals } = watched();
  const transport = transportTo(server.url, fetch);
  using scope = transport.begin("Testing", {});
  const opened = await transport.open(get, scope);
  for await (const chunk of opened.chunks) {
    expect(new TextDecoder().decode(chunk)).toMatch(/^one/);
    break;
  }
  expect(signals).toMatchObject([{ aborted: true }]);
});
