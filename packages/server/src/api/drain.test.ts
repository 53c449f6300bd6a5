import { connect } from "node:net";
import { Readable } from "node:stream";
import { Agent, request } from "undici";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import type { FastifyInstance } from "@flawless-ts/http-service/fastify";
import { listenOnFreePort, rawRequest } from "@flawless-ts/test-helpers";
import { fakeEngine } from "../testing/fake-engine.ts";
import type { ApiOptions } from "./api-options.ts";
import { createApi } from "./create-api.ts";
import type { EngineApi } from "./engine-api.ts";

const mebibyte = 1024 * 1024;
const block = Buffer.alloc(mebibyte, "x");
const dispatcher = new Agent();
let app: FastifyInstance | undefined;

afterAll(async () => {
  await dispatcher.close();
});

afterEach(async () => {
  await app?.close();
});

async function listen(options: ApiOptions = {}, methods: Partial<EngineApi> = {}): Promise<number> {
  app = createApi(fakeEngine(methods), options);
  return listenOnFreePort(app);
}

const multipartStart = Buffer.from(
  '--b\r\nContent-Disposition: form-data; name="module"\r\nContent-Type: application/wasm\r\n\r\n',
);

describe.each([
  ["/api/workflow/start", "application/json", Buffer.from('{"input":"')],
  ["/api/workflow/send-msg/wkf_1", "application/json", Buffer.from('{"data":"')],
  ["/api/module/deploy", "multipart/form-data; boundary=b", multipartStart],
  ["/api/no-such-route", "application/json", Buffer.from("{")],
] as const)("64 MiB to %s", (path, type, start) => {
  const status = path === "/api/no-such-route" ? 404 : 413;

  test("with a length get a response while undici is still sending", async () => {
    const port = await listen();
    const reply = await request(`http://127.0.0.1:${port}${path}`, {
      method: "POST",
      dispatcher,
      headers: { "content-type": type },
      body: Buffer.concat([start, ...Array.from({ length: 64 }, () => block)]),
    });

    expect(reply.statusCode).toBe(status);
    expect(reply.headers["flawless-error-code"]).toBe(
      status === 404 ? "ROUTE_NOT_FOUND" : "BODY_TOO_LARGE",
    );
    expect(await reply.body.json()).toEqual({ error: expect.any(String) });
  });

  test("in chunks get a response while undici is still sending", async () => {
    const port = await listen();
    const reply = await request(`http://127.0.0.1:${port}${path}`, {
      method: "POST",
      dispatcher,
      headers: { "content-type": type },
      body: Readable.from([start, ...Array.from({ length: 64 }, () => block)]),
    });

    expect(reply.statusCode).toBe(status);
    expect(await reply.body.json()).toHaveProperty("error");
  });

  test("get a response even if the client reads only after it has sent everything", async () => {
    const port = await listen();
    const length = start.length + 64 * mebibyte;
    const response = await rawRequest(
      port,
      `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n\r\n`,
      start,
      ...Array.from({ length: 64 }, () => block),
    );

    expect(response).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(response).toMatch(/\r\nconnection: close\r\n/i);
    expect(response).toMatch(/\r\nflawless-error-code: [A-Z_]+\r\n/);
    expect(response).toMatch(/\r\n\r\n\{"error":"[^"]+"\}$/);
  });
});

test("a body without a token is drained too", async () => {
  const port = await listen({ tokens: ["secret"] });
  const response = await rawRequest(
    port,
    `POST /api/module/deploy HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: ${8 * mebibyte}\r\n\r\n`,
    ...Array.from({ length: 8 }, () => block),
  );
  expect(response).toMatch(/^HTTP\/1.1 401 /);
});

test("a module within the limit doesn't count as too large, however it is split", async () => {
  const deploy = vi.fn<EngineApi["deploy"]>(async () => ({
    name: "n",
    version: "v",
    hash: "",
    sizeBytes: 0,
    workflows: [],
    deployedAt: "",
  }));
  const port = await listen({}, { deploy });
  const form = new FormData();
  form.set("module", new Blob(Array.from({ length: 32 }, () => block)));
  const reply = await fetch(`http://127.0.0.1:${port}/api/module/deploy`, {
    method: "POST",
    body: form,
  });

  expect(reply.status).toBe(200);
  expect(deploy.mock.calls[0]?.[0]).toHaveLength(32 * mebibyte);
});

describe("draining is bounded", () => {
  test("by bytes", async () => {
    const port = await listen({ limits: { drainBytes: 2 * mebibyte } });
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => undefined);
    socket.resume();
    socket.write(
      "POST /api/workflow/start HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n",
    );
    socket.write("Content-Type: application/json\r\n\r\n");
    const chunk = Buffer.concat([Buffer.from("100000\r\n"), block, Buffer.from("\r\n")]);
    const sendForEver = (): void => {
      while (socket.writable && socket.write(chunk));
    };
    socket.on("drain", sendForEver);
    sendForEver();

    await new Promise((resolve) => socket.once("close", resolve));
    expect(socket.bytesWritten).toBeLessThan(40 * mebibyte);
  });

  test("by time", async () => {
    const port = await listen({ limits: { drainTimeoutMs: 20 } });
    // The promised body never arrives.
    const response = await rawRequest(
      port,
      "POST /api/workflow/start HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9999999\r\n\r\n",
    );
    expect(response).toMatch(/^HTTP\/1.1 413 /);
  });
});
