import { Writable } from "node:stream";
import { pino } from "pino";
import { afterEach, describe, expect, test } from "vitest";
import type { FastifyInstance } from "@flawless-ts/http-service/fastify";
import { EngineError, type EngineErrorCode } from "../errors.ts";
import { fakeEngine } from "../testing/fake-engine.ts";
import { createApi } from "./create-api.ts";

let app: FastifyInstance | undefined;
let log = "";

afterEach(async () => {
  await app?.close();
  log = "";
});

function apiThatThrows(error: unknown): FastifyInstance {
  const sink = new Writable({
    write(chunk, _encoding, done) {
      log += String(chunk);
      done();
    },
  });
  app = createApi(
    fakeEngine({
      workflow: async () => {
        throw error;
      },
    }),
    { logger: pino(sink) },
  );
  return app;
}

describe("an error of the engine", () => {
  test.each<[EngineErrorCode, number]>([
    ["INVALID_REQUEST", 400],
    ["MODULE_NOT_FOUND", 404],
    ["WORKFLOW_NOT_FOUND", 404],
    ["WORKER_NOT_FOUND", 404],
    ["MODULE_CONFLICT", 409],
    ["IDEMPOTENCY_CONFLICT", 409],
    ["WORKFLOW_ENDED", 409],
    ["WORKFLOW_CANCELLED", 409],
    ["MODULE_REFUSED", 422],
    ["WORKFLOW_FAILED", 422],
    ["LIMIT_REACHED", 429],
    ["JOURNAL_UNAVAILABLE", 503],
    ["CLOSED", 503],
  ])("%s is answered with %d, its text and its code", async (code, status) => {
    const reply = await apiThatThrows(new EngineError(code, "What happened.")).inject({
      url: "/api/workflows/wkf_1",
    });

    expect(reply.statusCode).toBe(status);
    expect(reply.json()).toEqual({ error: "What happened." });
    expect(reply.headers["flawless-error-code"]).toBe(code);
    expect(reply.headers).not.toHaveProperty("flawless-workflow-id");
    expect(reply.headers["content-type"]).toBe("application/json; charset=utf-8");
    expect(reply.headers["retry-after"]).toBe(status === 429 || status === 503 ? "1" : undefined);
  });

  test.each<EngineErrorCode>(["JOURNAL_DAMAGED", "DIRECTORY_IN_USE", "DIRECTORY_UNUSABLE"])(
    "%s stays in the log",
    async (code) => {
      const reply = await apiThatThrows(new EngineError(code, "At /data/secret-place.")).inject({
        url: "/api/workflows/wkf_1",
      });

      expect(reply.statusCode).toBe(500);
      expect(reply.payload).not.toContain("secret-place");
      expect(log).toContain("secret-place");
    },
  );
});

test("an error about a started workflow includes its id", async () => {
  const error = new EngineError("WORKFLOW_FAILED", "It panicked.", { workflowId: "wkf_1" });
  const reply = await apiThatThrows(error).inject({ url: "/api/workflows/wkf_1" });
  expect(reply.json()).toEqual({ error: "It panicked." });
  expect(reply.headers["flawless-error-code"]).toBe("WORKFLOW_FAILED");
  expect(reply.headers["flawless-workflow-id"]).toBe("wkf_1");
});

describe("an unexpected error", () => {
  test.each([
    ["an error", new TypeError("cannot read secret-place")],
    ["one that claims a status", Object.assign(new Error("secret-place"), { statusCode: 400 })],
    ["something that isn't an error", { message: "secret-place" }],
  ])("(%s) is logged under the request's id, and nothing is given away", async (_name, error) => {
    const reply = await apiThatThrows(error).inject({
      url: "/api/workflows/wkf_1",
      headers: { "x-request-id": "request-7" },
    });

    expect(reply.statusCode).toBe(500);
    expect(reply.json()).toEqual({
      error: "The server failed unexpectedly. Its log tells more under the request id request-7.",
    });
    expect(reply.headers["flawless-error-code"]).toBe("INTERNAL");
    expect(log).toContain("secret-place");
    expect(log).toContain("request-7");
  });
});

describe("the request id", () => {
  test("is returned if it is valid", async () => {
    const reply = await apiThatThrows(new Error("x")).inject({
      url: "/version",
      headers: { "x-request-id": "a-1.b:c_d" },
    });
    expect(reply.headers["x-request-id"]).toBe("a-1.b:c_d");
  });

  test.each(["", "with space", "x".repeat(129), '"quoted"'])(
    "is replaced by a new one if it is %j",
    async (id) => {
      const api = apiThatThrows(new Error("x"));
      const request = { url: "/version", headers: { "x-request-id": id } };
      const ids = [await api.inject(request), await api.inject(request)].map(
        ({ headers }) => headers["x-request-id"],
      );
      expect(ids.join(" ")).toMatch(/^([a-z\d]{12,20})-1 \1-2$/);
    },
  );
});
