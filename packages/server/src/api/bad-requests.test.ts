import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { FastifyInstance, HTTPMethods } from "@flawless-ts/http-service/fastify";
import { listenOnFreePort, rawRequest } from "@flawless-ts/test-helpers";
import { fakeEngine } from "../testing/fake-engine.ts";
import { createApi } from "./create-api.ts";

const start = { method: "POST", url: "/api/workflow/start" } as const;
const good = '"module":"crawler","version":"0.1.8","workflow":"start","input":"null"';
let app: FastifyInstance;
let port: number;

beforeAll(async () => {
  app = createApi(fakeEngine(), { limits: { jsonBytes: 2000 } });
  port = await listenOnFreePort(app);
});

afterAll(async () => {
  await app.close();
});

describe("a JSON body", () => {
  test.each([
    ["cut off", `{${good}`],
    ["with a trailing comma", `{${good},}`],
    ["of two values", `{${good}}{}`],
    ["of NaN", "NaN"],
    ["with a __proto__ key", `{${good},"__proto__":{"polluted":true}}`],
    ["with an escaped __proto__ key", `{${good},"\\u005f_proto__":{"polluted":true}}`],
    ["with a deep __proto__ key", `{${good},"more":{"__proto__":{"polluted":true}}}`],
    ["with a constructor key", `{${good},"constructor":1}`],
    ["with a constructor.prototype key", `{${good},"constructor":{"prototype":{"polluted":true}}}`],
    ["with a prototype key", `{${good},"prototype":1}`],
    ["with half a surrogate pair", `{${good.replace("null", String.raw`\ud800`)}}`],
  ])("%s is refused", async (_name, payload) => {
    const reply = await app.inject({
      ...start,
      payload,
      headers: { "content-type": "application/json" },
    });

    expect(reply.json()).toEqual({ error: expect.stringContaining("body") });
    expect(reply.headers["flawless-error-code"]).toBe("INVALID_REQUEST");
    expect(reply.statusCode).toBe(400);
    expect("polluted" in {}).toBe(false);
  });

  test.each([
    `{${good},"more":{"__proto__":1}}`,
    `{${good},"more":[{"constructor":{"prototype":1}}]}`,
  ])("with a key that could reach a prototype doesn't count as bad JSON: %s", async (payload) => {
    const headers = { "content-type": "application/json" };
    const reply = await app.inject({ ...start, payload, headers });
    expect(reply.json()).toEqual({ error: expect.stringContaining("must not have a key named") });
  });

  test.each([
    ["/api/workflow/start", "application/json"],
    ["/api/workflow/send-msg/wkf_1", "application/json"],
    ["/api/module/deploy", "multipart/form-data; boundary=x"],
    ["/api/workflows/wkf_1/cancel", "application/json"],
  ])("is refused if compressed, with the right reason: %s", async (url, type) => {
    for (const encoding of ["gzip", "br", "zstd"]) {
      const reply = await app.inject({
        method: "POST",
        url,
        payload: gzipSync(`{${good}}`),
        headers: { "content-type": type, "content-encoding": encoding },
      });
      expect(reply.json()).toEqual({ error: expect.stringContaining(`"${encoding}"`) });
      expect(reply.headers).toMatchObject({
        "flawless-error-code": "UNSUPPORTED_MEDIA_TYPE",
        "accept-encoding": "identity",
      });
      expect(reply.statusCode).toBe(415);
    }
  });

  test("of invalid UTF-8 is refused", async () => {
    const payload = Buffer.concat([
      Buffer.from(`{${good},"x":"`),
      Buffer.from([0xff]),
      Buffer.from('"}'),
    ]);
    const reply = await app.inject({
      ...start,
      payload,
      headers: { "content-type": "application/json" },
    });

    expect(reply.json()).toEqual({ error: "The body is not valid UTF-8." });
    expect(reply.headers["flawless-error-code"]).toBe("INVALID_REQUEST");
  });

  test("may have fields that this server doesn't know", async () => {
    const reply = await app.inject({
      ...start,
      payload: `{${good},"priority":1}`,
      headers: { "content-type": "application/json; charset=utf-8" },
    });
    expect(reply.statusCode).toBe(200);
  });

  test.each([
    "text/plain",
    "application/xml",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
  ])("sent as %s is refused", async (type) => {
    const reply = await app.inject({
      ...start,
      payload: `{${good}}`,
      headers: { "content-type": type },
    });
    expect(reply.headers["flawless-error-code"]).toBe("UNSUPPORTED_MEDIA_TYPE");
    expect(reply.statusCode).toBe(415);
  });

  test("is required", async () => {
    const reply = await app.inject(start);
    expect(reply.headers["flawless-error-code"]).toBe("INVALID_REQUEST");
    expect(reply.statusCode).toBe(400);
  });

  test("may be as large as the limit, and no larger", async () => {
    const fill = (bytes: number): string =>
      `{${good},"x":"${"x".repeat(bytes - `{${good},"x":""}`.length)}"}`;
    const headers = { "content-type": "application/json" };
    const largest = await app.inject({ ...start, payload: fill(2000), headers });
    const larger = await app.inject({ ...start, payload: fill(2001), headers });

    expect(largest.statusCode).toBe(200);
    expect(larger.statusCode).toBe(413);
    expect(larger.headers["flawless-error-code"]).toBe("BODY_TOO_LARGE");
  });
});

describe("a route", () => {
  test.each([
    ["GET", "/workflow"],
    ["GET", "/api"],
    ["GET", "/api/workflow"],
    ["GET", "/api/workflows/wkf_1/journals"],
    ["POST", "/api/module"],
    ["GET", "/VERSION"],
    ["GET", "/..%2fversion"],
    ["PROPFIND", "/nothing"],
  ])("that doesn't exist (%s %s) gives 404", async (method, url) => {
    const response = await rawRequest(
      port,
      `${method} ${url} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
    );
    expect(response).toMatch(/^HTTP\/1.1 404 /);
    expect(errorCodeIn(response)).toBe("ROUTE_NOT_FOUND");
  });

  test.each<[HTTPMethods, string, string]>([
    ["GET", "/api/workflow/start", "POST"],
    ["PUT", "/api/module/deploy", "POST"],
    ["DELETE", "/api/workflows/wkf_1", "GET, HEAD"],
    ["POST", "/api/modules", "GET, HEAD"],
    ["POST", "/version", "GET, HEAD"],
    ["OPTIONS", "/health", "GET, HEAD"],
  ])("refuses %s %s", async (method, url, allow) => {
    const reply = await app.inject({
      method,
      url,
      payload: "x",
      headers: { "content-type": "text/odd" },
    });

    expect(reply.statusCode).toBe(405);
    expect(reply.headers["allow"]).toBe(allow);
    expect(reply.headers["flawless-error-code"]).toBe("METHOD_NOT_ALLOWED");
  });

  test("supports HEAD if it supports GET", async () => {
    const reply = await app.inject({ method: "HEAD", url: "/version" });
    expect(reply.statusCode).toBe(200);
    expect(reply.payload).toBe("");
  });
});

describe("a URL", () => {
  test.each(["/api/workflows/%", "/api/workflows/%zz", "/api/workflows/%ff"])(
    "with bad percent-encoding (%s) is refused",
    async (url) => {
      const response = await rawRequest(
        port,
        `GET ${url} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
      );
      expect(response).toMatch(/^HTTP\/1.1 400 /);
      expect(response.toLowerCase()).toContain("x-request-id: ");
      expect(errorCodeIn(response)).toBe("INVALID_REQUEST");
    },
  );

  test("with a parameter that is too long is refused", async () => {
    const response = await rawRequest(
      port,
      `GET /api/workflows/${"x".repeat(5000)} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
    );
    expect(response).toMatch(/^HTTP\/1.1 414 /);
    expect(errorCodeIn(response)).toBe("URL_TOO_LONG");
  });

  test("that is too long is refused, even if it never ends", async () => {
    const response = await rawRequest(
      port,
      `GET /${"x".repeat(100_000)}`,
      ...Array.from({ length: 50 }, () => "x".repeat(100_000)),
    );
    expect(response).toMatch(/^HTTP\/1.1 431 /);
    expect(errorCodeIn(response)).toBe("HEADERS_TOO_LARGE");
  });
});

describe("bytes that aren't an HTTP request", () => {
  test.each([
    [
      "headers that are too large",
      `GET /version HTTP/1.1\r\nHost: localhost\r\nX: ${"x".repeat(20_000)}\r\n\r\n`,
      431,
    ],
    ["another protocol", "\u0016\u0003\u0001\u0002hello\r\n\r\n", 400],
    ["a bad header", "GET /version HTTP/1.1\r\nHost: localhost\r\nbad header\r\n\r\n", 400],
    ["no host", "GET /version HTTP/1.1\r\nConnection: close\r\n\r\n", 400],
    [
      "two ways to tell the length",
      "POST /api/workflow/start HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      400,
    ],
    [
      "a bad chunk",
      "POST /api/workflow/start HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
      400,
    ],
  ])("(%s) are answered with an error", async (_name, text, status) => {
    const response = await rawRequest(port, text);
    expect(response).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(errorCodeIn(response)).toMatch(/^[A-Z_]+$/);
    expect(jsonOf(response)).toEqual({ error: expect.any(String) });
  });

  test("don't affect other clients", async () => {
    await rawRequest(port, "\u0000\u0001\u0002\r\n\r\n");
    expect((await fetch(`${app.listeningOrigin}/version`)).status).toBe(200);
  });
});

function jsonOf(response: string): unknown {
  return JSON.parse(response.slice(response.indexOf("\r\n\r\n") + 4));
}

function errorCodeIn(response: string): string | undefined {
  return /\r\nflawless-error-code: (.*)\r\n/.exec(response)?.[1];
}
