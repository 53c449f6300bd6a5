import { connect } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import type { FastifyInstance } from "@flawless-ts/http-service/fastify";
import { listenOnFreePort, rawRequest } from "@flawless-ts/test-helpers";
import { exampleWorkflow, fakeEngine } from "../testing/fake-engine.ts";
import type { ApiLimits } from "./api-options.ts";
import { createApi } from "./create-api.ts";
import type { EngineApi } from "./engine-api.ts";

let app: FastifyInstance | undefined;

afterEach(async () => {
  await app?.close();
});

async function listen(limits: ApiLimits = {}, methods: Partial<EngineApi> = {}): Promise<number> {
  app = createApi(fakeEngine(methods), { limits });
  return listenOnFreePort(app);
}

describe("limits", () => {
  test("headers that don't end time out with a response", async () => {
    const port = await listen({ headersTimeoutMs: 50, requestTimeoutMs: 60 });
    const response = await rawRequest(port, "GET /version HTTP/1.1\r\nHost: localhost\r\n");
    expect(response).toMatch(/^HTTP\/1.1 408 /);
    expect(response).toMatch(/\r\nflawless-error-code: REQUEST_TIMEOUT\r\n/);
  });

  test("a body that doesn't end times out with a response", async () => {
    const port = await listen({ headersTimeoutMs: 50, requestTimeoutMs: 60 });
    const response = await rawRequest(
      port,
      "POST /api/workflow/start HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{",
    );
    expect(response).toMatch(/^HTTP\/1.1 408 /);
  });

  test("connections beyond the maximum are closed", async () => {
    const port = await listen({ maxConnections: 1 });
    const first = connect(port, "127.0.0.1");
    await new Promise((resolve) => first.once("connect", resolve));
    expect(await rawRequest(port, "GET /version HTTP/1.1\r\nHost: localhost\r\n\r\n")).toBe("");
    first.destroy();
  });

  test.each([
    { jsonBytes: 0 },
    { moduleBytes: 1.5 },
    { maxConnections: Number.NaN },
    { headersTimeoutMs: 2, requestTimeoutMs: 1 },
  ])("%j are refused", (limits) => {
    expect(() => createApi(fakeEngine(), { limits })).toThrow(
      /jsonBytes|moduleBytes|maxConnections|headersTimeoutMs/,
    );
  });
});

describe("closing", () => {
  test("lets open requests finish, and then closes their connections", async () => {
    const waiting = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const port = await listen(
      {},
      {
        wait: async () => {
          waiting.resolve();
          await release.promise;
          return exampleWorkflow;
        },
      },
    );
    const response = rawRequest(
      port,
      "GET /api/workflows/wkf_1/wait HTTP/1.1\r\nHost: localhost\r\n\r\n",
    );
    await waiting.promise;
    const closing = app?.close();
    release.resolve();
    await closing;

    expect(await response).toMatch(/^HTTP\/1.1 200 OK/);
    expect(await response).toContain(exampleWorkflow.id);
  });

  test("refuses a request that hadn't arrived completely", async () => {
    const port = await listen();
    const socket = connect(port, "127.0.0.1").setEncoding("utf8");
    let received = "";
    const answered = Promise.withResolvers<void>();
    socket.on("data", (text: string) => {
      received += text;
      answered.resolve();
    });
    const closed = new Promise((resolve) => socket.once("close", resolve));
    // In one packet, so that the server has seen the beginning of the second one when it responds to the first.
    socket.write("GET /version HTTP/1.1\r\nHost: localhost\r\n\r\nGET /api/modules HTTP/1.1\r\n");
    await answered.promise;
    received = "";
    const closing = app?.close();
    socket.write("Host: localhost\r\n\r\n");
    await closing;
    await closed;

    expect(received).toMatch(/^HTTP\/1.1 503 /);
    expect(received).toMatch(/\r\nflawless-error-code: CLOSED\r\n/);
    expect(received).toMatch(/\r\nretry-after: 1\r\n/);
  });
});
