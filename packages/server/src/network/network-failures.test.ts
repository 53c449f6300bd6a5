import { describe, expect, test } from "vitest";
import { LoopbackServer } from "../testing/loopback-server.ts";
import { TestEngine } from "../testing/test-engine.ts";
import { NetworkHttpClient } from "./network-http-client.ts";

/** The result that a guest gets for a request through a real network client. */
async function outcome(request: Record<string, unknown>): Promise<unknown> {
  await using engine = await TestEngine.open({ client: new NetworkHttpClient() });
  return await engine.run("http", { method: "GET", ...request });
}

const anyText = expect.stringMatching(/./) as string;

function failure(kind: string, url: string = anyText): unknown {
  return { transport_error: { kind, message: anyText, url } };
}

describe("an address", () => {
  test.each(["not a url", "", "/path", "http://", "http://[::1", "http://host:99999/"])(
    "%j is InvalidUrl",
    async (url) => {
      expect(await outcome({ url })).toEqual(failure("InvalidUrl", url));
    },
  );

  test.each(["ftp://127.0.0.1/", "file:///etc/passwd", "data:text/plain,hello", "unix:/socket"])(
    "%j is UnknownScheme",
    async (url) => {
      expect(await outcome({ url })).toEqual(failure("UnknownScheme", url));
    },
  );

  test("whose name can't be resolved is Dns", async () => {
    // A label of more than 63 characters is not a valid name, so no name server is asked.
    const url = `http://${"a".repeat(64)}.invalid/`;

    expect(await outcome({ url })).toEqual(failure("Dns", url));
  });

  test("at which nobody listens is ConnectionFailed", async () => {
    const server = await LoopbackServer.http(() => undefined);
    const url = `${server.url}/`;
    await server.close();

    expect(await outcome({ url })).toEqual(failure("ConnectionFailed", url));
  });

  test("with https: of a server that doesn't speak TLS fails", async () => {
    await using server = await LoopbackServer.raw((socket) => socket.end("no TLS"));
    const url = `https://127.0.0.1:${server.port}/`;

    expect(await outcome({ url })).toEqual({
      transport_error: expect.objectContaining({
        kind: expect.stringMatching(/^(ConnectionFailed|Io)$/) as string,
      }) as unknown,
    });
  });
});

describe("a server that answers", () => {
  async function answerOf(text: string, request: Record<string, unknown> = {}): Promise<unknown> {
    await using server = await LoopbackServer.raw((socket) => {
      socket.once("data", () => socket.end(text));
    });
    return await outcome({ url: `${server.url}/`, ...request });
  }

  test.each([
    ["something that is not HTTP", "SSH-2.0-OpenSSH\r\n\r\n"],
    ["a status that is no number", "HTTP/1.1 ok fine\r\n\r\n"],
    ["an unknown version", "HTTP/7.0 200 OK\r\n\r\n"],
  ])("with %s is BadStatus", async (_what, text) => {
    expect(await answerOf(text)).toEqual(failure("BadStatus"));
  });

  test.each([
    ["a header with a space in its name", "HTTP/1.1 200 OK\r\nbad name: 1\r\n\r\n"],
    ["a length that is no number", "HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n"],
    ["headers without end", `HTTP/1.1 200 OK\r\n${"x: y\r\n".repeat(100_000)}\r\n`],
  ])("with %s is BadHeader", async (_what, text) => {
    expect(await answerOf(text)).toEqual(failure("BadHeader"));
  });

  test.each([
    ["with nothing", ""],
    ["with half a header", "HTTP/1.1 200 OK\r\ncontent-le"],
    ["with less of a body than it promised", "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n12345"],
    ["with half a chunk", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n123"],
    ["with a chunk of no length", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n123"],
  ])("%s and closes is Io", async (_what, text) => {
    expect(await answerOf(text)).toEqual(failure("Io"));
  });

  test("with less of a body than announced is fine if the guest wants no more", async () => {
    const text = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n12345";

    expect(await answerOf(text, { body_limit: 5 })).toMatchObject({ ok: { body: "12345" } });
  });

  test("and resets the connection is Io", async () => {
    await using server = await LoopbackServer.raw((socket) => {
      socket.once("data", () => socket.resetAndDestroy());
    });

    expect(await outcome({ url: `${server.url}/` })).toEqual(failure("Io"));
  });

  test("without a length, until it closes, gives a response", async () => {
    expect(await answerOf("HTTP/1.0 200 OK\r\n\r\nall of it")).toMatchObject({
      ok: { status: 200, body: "all of it" },
    });
  });
});

describe("a request", () => {
  test.each([
    ["a header with a line end", { headers: [["x", "a\r\ny: b"]] }],
    ["a header name that is none", { headers: [["x y", "1"]] }],
    ["an empty header name", { headers: [["", "1"]] }],
    ["a method that is none", { method: "GE T" }],
    [
      "a length that is not its body's",
      { method: "POST", headers: [["content-length", "99"]], body: "1" },
    ],
  ])("with %s never leaves: BadHeader", async (_what, request) => {
    let received = "";
    await using server = await LoopbackServer.raw((socket) => {
      socket.on("data", (bytes) => (received += bytes.toString()));
    });

    expect(await outcome({ url: `${server.url}/`, ...request })).toEqual(failure("BadHeader"));
    expect(received).toBe("");
  });
});
