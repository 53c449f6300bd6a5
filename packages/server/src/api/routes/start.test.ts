import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { FastifyInstance } from "@flawless-ts/http-service/fastify";
import { listenOnFreePort } from "@flawless-ts/test-helpers";
import { EngineError } from "../../errors.ts";
import { fakeEngine } from "../../testing/fake-engine.ts";
import { createApi } from "../create-api.ts";
import type { EngineApi } from "../engine-api.ts";

const body = { module: "crawler", version: "0.1.8", workflow: "start", input: '{"id":1}' };
let app: FastifyInstance | undefined;

function api(methods: Partial<EngineApi> = {}): FastifyInstance {
  app = createApi(fakeEngine(methods));
  return app;
}

afterEach(async () => {
  await app?.close();
});

describe("POST /api/workflow/start", () => {
  test("returns the id and the response's JSON text", async () => {
    const start = vi.fn<EngineApi["start"]>(async () => ({ id: "wkf_1", response: '{"n":1}' }));
    const reply = await api({ start }).inject({
      method: "POST",
      url: "/api/workflow/start",
      payload: body,
    });

    expect(reply.statusCode).toBe(200);
    expect(reply.payload).toBe('{"ok":{"id":"wkf_1","response":"{\\"n\\":1}"}}');
    expect(start.mock.calls[0]?.[0]).toEqual({
      ...body,
      idempotencyKey: undefined,
      origin: { requestId: expect.any(String) as string, trace: null },
    });
    expect(start.mock.calls[0]?.[1]).toMatchObject({ detached: false });
  });

  test("passes on the idempotency key", async () => {
    const start = vi.fn<EngineApi["start"]>(async () => ({ id: "wkf_1", response: null }));
    const key = "~".repeat(255);
    await api({ start }).inject({
      method: "POST",
      url: "/api/workflow/start",
      payload: body,
      headers: { "idempotency-key": key },
    });

    expect(start.mock.calls[0]?.[0].idempotencyKey).toBe(key);
  });

  test("passes on labels, and refuses invalid ones", async () => {
    const start = vi.fn<EngineApi["start"]>(async () => ({ id: "wkf_1", response: null }));
    const app = api({ start });
    const post = async (labels: unknown): Promise<number> =>
      (
        await app.inject({
          method: "POST",
          url: "/api/workflow/start",
          payload: { ...body, labels },
        })
      ).statusCode;
    expect(await post({ customer: "c-7" })).toBe(200);
    expect(start.mock.calls[0]?.[0].labels).toEqual({ customer: "c-7" });
    expect(await post({ customer: 7 })).toBe(400);
    expect(await post("customer")).toBe(400);
    expect(start).toHaveBeenCalledTimes(1);
  });

  test.each(["", "two words", "k".repeat(256), "schlüssel"])(
    "refuses the idempotency key %j",
    async (key) => {
      const start = vi.fn<EngineApi["start"]>();
      const reply = await api({ start }).inject({
        method: "POST",
        url: "/api/workflow/start",
        payload: body,
        headers: { "idempotency-key": key },
      });

      expect(reply.statusCode).toBe(400);
      expect(reply.json()).toEqual({ error: expect.stringContaining("Idempotency-Key") });
      expect(reply.headers["flawless-error-code"]).toBe("INVALID_REQUEST");
      expect(start).not.toHaveBeenCalled();
    },
  );

  test.each(["respond-async", "wait=10, respond-async", "Respond-Async; x=1"])(
    "starts detached with Prefer: %s",
    async (prefer) => {
      const start = vi.fn<EngineApi["start"]>(async () => ({ id: "wkf_1", response: null }));
      const reply = await api({ start }).inject({
        method: "POST",
        url: "/api/workflow/start",
        payload: body,
        headers: { prefer },
      });

      expect(reply.statusCode).toBe(202);
      expect(reply.headers["preference-applied"]).toBe("respond-async");
      expect(start.mock.calls[0]?.[1]?.detached).toBe(true);
    },
  );

  test("waits for the response with any other preference", async () => {
    const start = vi.fn<EngineApi["start"]>(async () => ({ id: "wkf_1", response: null }));
    await api({ start }).inject({
      method: "POST",
      url: "/api/workflow/start",
      payload: body,
      headers: { prefer: "return=minimal" },
    });

    expect(start.mock.calls[0]?.[1]?.detached).toBe(false);
  });

  test("returns the panic's message if the workflow fails before it responds", async () => {
    const start = async (): Promise<never> => {
      throw new EngineError("WORKFLOW_FAILED", "index out of bounds", { workflowId: "wkf_1" });
    };
    const reply = await api({ start }).inject({
      method: "POST",
      url: "/api/workflow/start",
      payload: body,
    });

    expect(reply.statusCode).toBe(422);
    expect(reply.json()).toEqual({ error: "index out of bounds" });
    expect(reply.headers["flawless-error-code"]).toBe("WORKFLOW_FAILED");
    expect(reply.headers["flawless-workflow-id"]).toBe("wkf_1");
  });

  test.each([
    ["a missing field", { ...body, input: undefined }, "body must have required property 'input'"],
    ["a number for a text", { ...body, version: 1 }, "body.version must be string"],
    ["null", null, "body must be object"],
    ["a list", [body], "body must be object"],
    [
      "an object for the input's JSON text",
      { ...body, input: { id: 1 } },
      "body.input must be string",
    ],
  ])("refuses %s", async (_name, payload, fault) => {
    const reply = await api().inject({
      method: "POST",
      url: "/api/workflow/start",
      payload: JSON.stringify(payload),
      headers: { "content-type": "application/json" },
    });

    expect(reply.statusCode).toBe(400);
    expect(reply.json()).toEqual({
      error: `The request does not fit the route: ${fault}.`,
    });
    expect(reply.headers["flawless-error-code"]).toBe("INVALID_REQUEST");
  });

  test("aborts the engine's signal when the caller disconnects, and not before", async () => {
    const started = Promise.withResolvers<AbortSignal>();
    const start: EngineApi["start"] = (_request, options) => {
      if (options?.signal !== undefined) {
        started.resolve(options.signal);
      }
      return new Promise(() => undefined);
    };
    const server = api({ start });
    const socket = connect(await listenOnFreePort(server), "127.0.0.1");
    const text = JSON.stringify(body);
    socket.write(
      `POST /api/workflow/start HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\n\r\n${text}`,
    );
    const signal = await started.promise;
    expect(signal.aborted).toBe(false);

    const aborted = once(signal, "abort");
    socket.destroy();
    await aborted;
    expect(signal.aborted).toBe(true);
  });

  test("doesn't abort the signal of a start that got its response", async () => {
    let signal: AbortSignal | undefined;
    const start: EngineApi["start"] = async (_request, options) => {
      signal = options?.signal;
      return { id: "wkf_1", response: null };
    };
    const server = api({ start });
    await listenOnFreePort(server);
    await fetch(`${server.listeningOrigin}/api/workflow/start`, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "content-type": "application/json", connection: "close" },
    });
    await server.close();

    expect(signal?.aborted).toBe(false);
  });
});
