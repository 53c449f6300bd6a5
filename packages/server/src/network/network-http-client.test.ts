import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { LoopbackServer, see } from "../testing/loopback-server.ts";
import { TestEngine } from "../testing/test-engine.ts";
import { until } from "../testing/until.ts";
import type { IncomingResponse, OutgoingRequest } from "./http-client.ts";
import { NetworkHttpClient } from "./network-http-client.ts";

const client = new NetworkHttpClient();

function send(
  url: string,
  request: Partial<OutgoingRequest> = {},
  options: { signal?: AbortSignal; bodyLimitBytes?: number } = {},
): Promise<IncomingResponse> {
  const { signal = new AbortController().signal, bodyLimitBytes = 10_000_000 } = options;
  const complete = {
    method: "GET",
    url,
    headers: [],
    body: new Uint8Array(),
    idempotent: false,
    ...request,
  };
  return client.send(complete, { signal, bodyLimitBytes });
}

function textOf(response: IncomingResponse): string {
  return Buffer.from(response.body).toString();
}

describe("what the server sees", () => {
  let server: LoopbackServer;

  beforeEach(async () => {
    server = await LoopbackServer.http(async (request, response) => {
      const seen = await see(request);
      const raw = request.rawHeaders;
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ ...seen, raw }));
    });
  });

  afterEach(async () => {
    await server.close();
  });

  async function seen(
    url: string,
    request: Partial<OutgoingRequest> = {},
  ): Promise<Record<string, unknown>> {
    return JSON.parse(textOf(await send(url, request))) as Record<string, unknown>;
  }

  test.each(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"])(
    "is the method: %s",
    async (method) => {
      expect(await seen(server.url, { method })).toMatchObject({ method, path: "/", body: "" });
    },
  );

  test("is the path with its query, encoded", async () => {
    expect(await seen(`${server.url}/a b?q=\u00e9#part`)).toMatchObject({
      path: "/a%20b?q=%C3%A9",
    });
  });

  test("are the headers as given, even repeated ones, and the body", async () => {
    const headers = [
      ["X-Twice", "1"],
      ["X-Twice", "2"],
      ["Content-Length", "4"],
      ["User-Agent", "guest"],
    ] as const;
    const answer = await seen(server.url, { method: "POST", headers, body: Buffer.from("body") });

    expect(answer).toMatchObject({ body: "body", headers: { "user-agent": "guest" } });
    expect(JSON.stringify(answer["raw"])).toContain('"X-Twice","1","X-Twice","2"');
  });

  test("are an accept and a user-agent header if the guest set none, as the crate's own client does", async () => {
    expect(await seen(server.url)).toMatchObject({
      headers: { accept: "*/*", "user-agent": "flawless" },
    });
  });

  test("is the name and password from the URL, as a header", async () => {
    const url = server.url.replace("://", "://Ada:p%40ss@");
    const authorization = `Basic ${Buffer.from("Ada:p@ss").toString("base64")}`;

    expect(await seen(url)).toMatchObject({ headers: { authorization } });
    expect(await seen(url, { headers: [["Authorization", "mine"]] })).toMatchObject({
      headers: { authorization: "mine" },
    });
  });
});

describe("what the guest sees", () => {
  test("are headers in lower case, repeated ones repeatedly, and every status", async () => {
    await using server = await LoopbackServer.http((_request, response) => {
      response.writeHead(418, [
        ["X-Some-Header", "Value"],
        ["Set-Cookie", "a=1"],
        ["Set-Cookie", "b=2"],
      ]);
      response.end("short");
    });
    const response = await send(server.url);

    expect(response).toMatchObject({ statusCode: 418, url: `${server.url}/` });
    expect(response.headers).toEqual(
      expect.arrayContaining([
        ["x-some-header", "Value"],
        ["set-cookie", "a=1"],
        ["set-cookie", "b=2"],
      ]),
    );
  });

  test("is a body of bytes, whatever they are", async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    await using server = await LoopbackServer.http((_request, response) => response.end(bytes));

    expect(Buffer.from((await send(server.url)).body)).toEqual(bytes);
  });

  test("is a body up to the limit; the rest is not even fetched", async () => {
    const written: number[] = [];
    await using server = await LoopbackServer.http((_request, response) => {
      const more = (): void => {
        while (!response.destroyed) {
          written.push(65_536);
          if (!response.write(Buffer.alloc(65_536, "x"))) {
            response.once("drain", more);
            return;
          }
        }
      };
      more();
    });
    const { body } = await send(server.url, {}, { bodyLimitBytes: 100_001 });

    expect(body).toHaveLength(100_001);
    expect(written.length * 65_536).toBeLessThan(64 * 2 ** 20);
  });

  test.each([0, 4, 5, 6])("is a body of five bytes cut off at %d", async (bodyLimitBytes) => {
    await using server = await LoopbackServer.http((_request, response) => response.end("01234"));

    expect(textOf(await send(server.url, {}, { bodyLimitBytes }))).toBe(
      "01234".slice(0, bodyLimitBytes),
    );
  });

  test("is no body for HEAD and 204, whatever their headers say", async () => {
    await using server = await LoopbackServer.http((request, response) => {
      response.statusCode = request.method === "HEAD" ? 200 : 204;
      response.setHeader("content-length", request.method === "HEAD" ? 1_000 : 0);
      response.end();
    });

    const head = await send(server.url, { method: "HEAD" });
    expect(head.body).toHaveLength(0);
    expect(head.headers).toContainEqual(["content-length", "1000"]);
    expect(await send(server.url)).toMatchObject({ statusCode: 204, body: Buffer.alloc(0) });
  });

  test("is a body of 20 MB in both directions", async () => {
    const body = Buffer.alloc(20_000_000, "flawless ");
    await using server = await LoopbackServer.http((request, response) => request.pipe(response));
    const response = await send(
      server.url,
      { method: "POST", body },
      { bodyLimitBytes: 30_000_000 },
    );
    const hash = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

    expect(hash(response.body)).toBe(hash(body));
  });
});

test("of bodies that are too large together the largest fails, and the others arrive complete", async () => {
  await using server = await LoopbackServer.http((request, response) => {
    response.write("x".repeat(request.url === "/endless" ? 2_000 : 400));
    if (request.url !== "/endless") {
      response.end();
      return;
    }
    response.on("drain", () => response.write("x".repeat(10_000)));
    const more = (): void => void (response.write("x".repeat(10_000)) && setImmediate(more));
    more();
  });
  const bounded = new NetworkHttpClient(undefined, { responseBytes: 500_000 });
  const get = (path: string): Promise<IncomingResponse> =>
    bounded.send(
      {
        method: "GET",
        url: `${server.url}${path}`,
        headers: [],
        body: new Uint8Array(),
        idempotent: false,
      },
      { signal: new AbortController().signal, bodyLimitBytes: 1e9 },
    );
  const [endless, ...small] = await Promise.allSettled([
    get("/endless"),
    ...Array.from({ length: 20 }, () => get("/small")),
  ]);

  expect(endless).toMatchObject({
    status: "rejected",
    reason: { kind: "Io", message: expect.stringContaining("limit responseBytes") as string },
  });
  expect(small.map(({ status }) => status)).toEqual(small.map(() => "fulfilled"));
});

test("an aborted request fails with its signal, and its connection is closed", async () => {
  let closed = false;
  let reached = false;
  await using server = await LoopbackServer.http((request) => {
    reached = true;
    request.socket.on("close", () => (closed = true));
  });
  const aborting = new AbortController();
  const sent = send(server.url, {}, { signal: aborting.signal });
  await until(() => reached);
  aborting.abort();

  await expect(sent).rejects.toMatchObject({ kind: "Io" });
  await until(() => closed);
  expect(closed).toBe(true);
});

describe("a guest on the network", () => {
  test("sends and receives as its crate expects", async () => {
    await using server = await LoopbackServer.http(async (request, response) => {
      const { method, body, headers } = await see(request);
      response.setHeader("X-Seen", `${method} ${headers["x-own"]}`);
      response.end(body.toUpperCase());
    });
    await using engine = await TestEngine.open({ client: new NetworkHttpClient() });
    const outcome = (await engine.run("http", {
      method: "POST",
      url: `${server.url}/path`,
      headers: [["X-Own", "1"]],
      body: "loud",
    })) as { ok: { headers: unknown[] } };

    expect(outcome).toMatchObject({ ok: { status: 200, url: `${server.url}/path`, body: "LOUD" } });
    expect(outcome.ok.headers).toContainEqual(["x-seen", "POST 1"]);
  });

  test("aborts a request if the server doesn't respond in time", async () => {
    let reached = false;
    await using server = await LoopbackServer.http(() => {
      reached = true;
    });
    await using engine = await TestEngine.open({ client: new NetworkHttpClient() });
    const response = engine.run("http", { method: "GET", url: server.url });
    await until(() => reached);
    await engine.pass(120_000);

    expect(await response).toMatchObject({
      transport_error: { kind: "Io", message: expect.stringContaining("timed out") as string },
    });
  });
});
