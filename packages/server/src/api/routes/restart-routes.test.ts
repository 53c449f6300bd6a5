import type { FastifyInstance } from "@flawless-ts/http-service/fastify";
import { afterEach, describe, expect, test, vi } from "vitest";
import { EngineError } from "../../errors.ts";
import { exampleWorkflow, fakeEngine } from "../../testing/fake-engine.ts";
import { createApi } from "../create-api.ts";
import type { EngineApi } from "../engine-api.ts";

let app: FastifyInstance | undefined;

function api(methods: Partial<EngineApi> = {}): FastifyInstance {
  app = createApi(fakeEngine(methods));
  return app;
}

afterEach(async () => {
  await app?.close();
});

describe("POST /api/workflows/ID/restart", () => {
  test("passes on key, origin and whether to terminate, and returns the new workflow", async () => {
    const restart = vi.fn<EngineApi["restart"]>(async () => exampleWorkflow);
    const method = "POST";
    const url = "/api/workflows/wkf_1/restart";
    const plain = await api({ restart }).inject({ method, url });
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const headers = { "idempotency-key": "again", "x-request-id": "r1", traceparent };
    const full = await app?.inject({ method, url: `${url}?terminate=true`, headers });

    expect(plain.statusCode).toBe(200);
    expect(plain.json()).toEqual({ ok: exampleWorkflow });
    expect(full?.statusCode).toBe(200);
    expect(restart.mock.calls).toMatchObject([
      ["wkf_1", { idempotencyKey: undefined, terminate: false, origin: { trace: null } }],
      [
        "wkf_1",
        {
          idempotencyKey: "again",
          terminate: true,
          origin: { requestId: "r1", trace: { traceparent } },
        },
      ],
    ]);
  });

  test.each([
    ["terminate=yes", {}],
    ["tree=true", {}],
    ["", { "idempotency-key": "two words" }],
  ])("refuses ?%s with %j", async (query, headers) => {
    const restart = vi.fn<EngineApi["restart"]>();
    const reply = await api({ restart }).inject({
      method: "POST",
      url: `/api/workflows/wkf_1/restart?${query}`,
      headers,
    });
    expect(reply.statusCode).toBe(400);
    expect(restart).not.toHaveBeenCalled();
  });

  test("of a running workflow is a conflict", async () => {
    const restart: EngineApi["restart"] = async () => {
      throw new EngineError("WORKFLOW_RUNNING", "It still runs.");
    };
    const reply = await api({ restart }).inject({
      method: "POST",
      url: "/api/workflows/wkf_1/restart",
    });
    expect(reply.statusCode).toBe(409);
    expect(reply.headers["flawless-error-code"]).toBe("WORKFLOW_RUNNING");
  });
});

describe("POST /api/workflows/restart", () => {
  const method = "POST";

  test("passes on all settings, and returns the outcome", async () => {
    const outcome = {
      count: 2,
      failed: 1,
      failures: [{ id: "wkf_1", code: "MODULE_NOT_FOUND", message: "It is not there." }],
      cursor: "wkf_2",
    };
    const restartMatching = vi.fn<EngineApi["restartMatching"]>(async () => outcome);
    const url = "/api/workflows/restart?status=failed";
    const plain = await api({ restartMatching }).inject({ method, url });
    await app?.inject({
      method,
      url: `${url}&module=m&label=a%3Db&limit=7&cursor=wkf_9&dry_run=true`,
      headers: { "idempotency-key": "again", "x-request-id": "r1" },
    });

    expect(plain.statusCode).toBe(200);
    expect(plain.json()).toEqual({ ok: outcome });
    expect(restartMatching.mock.calls).toMatchObject([
      [{ status: "failed", limit: 1_000, dryRun: false, idempotencyKey: undefined }],
      [
        {
          status: "failed",
          module: "m",
          labels: { a: "b" },
          limit: 7,
          cursor: "wkf_9",
          dryRun: true,
          idempotencyKey: "again",
          origin: { requestId: "r1" },
        },
      ],
    ]);
  });

  test.each([
    ["", {}],
    ["status=running", {}],
    ["status=failed&limit=1001", {}],
    ["status=failed&terminate=true", {}],
    ["status=failed", { "idempotency-key": "x".repeat(256) }],
  ])("refuses ?%s with %j", async (query, headers) => {
    const restartMatching = vi.fn<EngineApi["restartMatching"]>();
    const url = `/api/workflows/restart?${query}`;
    const reply = await api({ restartMatching }).inject({ method, url, headers });
    expect(reply.statusCode).toBe(400);
    expect(restartMatching).not.toHaveBeenCalled();
  });
});

describe("POST /api/workflows/ID/fork", () => {
  const method = "POST";

  test("passes on step, version and the settings of a restart", async () => {
    const fork = vi.fn<EngineApi["fork"]>(async () => exampleWorkflow);
    const plain = await api({ fork }).inject({
      method,
      url: "/api/workflows/wkf_1/fork?from_step=0",
    });
    const full = await app?.inject({
      method,
      url: "/api/workflows/wkf_1/fork?from_step=12&version=1.0.1&terminate=true",
      headers: { "idempotency-key": "again" },
    });

    expect([plain.statusCode, full?.statusCode]).toEqual([200, 200]);
    expect(plain.json()).toEqual({ ok: exampleWorkflow });
    expect(fork.mock.calls).toMatchObject([
      ["wkf_1", { fromStep: 0, version: undefined, terminate: false }],
      ["wkf_1", { fromStep: 12, version: "1.0.1", terminate: true, idempotencyKey: "again" }],
    ]);
  });

  test.each([
    ["", "required property 'from_step'"],
    ["from_step=", "from_step must be integer"],
    ["from_step=-1", "from_step must be integer"],
    ["from_step=1.5", "from_step must be integer"],
    ["from_step=last", "from_step must be integer"],
    ["from_step=1&step=2", "additional properties (step)"],
  ])("refuses ?%s", async (query, fault) => {
    const fork = vi.fn<EngineApi["fork"]>();
    const url = `/api/workflows/wkf_1/fork?${query}`;
    const reply = await api({ fork }).inject({ method, url });

    expect(reply.statusCode).toBe(400);
    expect(reply.json<{ error: string }>().error).toContain(fault);
    expect(fork).not.toHaveBeenCalled();
  });

  test("of a module that replays differently is a conflict", async () => {
    const fork: EngineApi["fork"] = async () => {
      throw new EngineError("REPLAY_MISMATCH", "replay took another way at step 2");
    };
    const url = "/api/workflows/wkf_1/fork?from_step=3";
    const reply = await api({ fork }).inject({ method, url });

    expect(reply.statusCode).toBe(409);
    expect(reply.headers["flawless-error-code"]).toBe("REPLAY_MISMATCH");
  });
});
