import type { FastifyInstance, LightMyRequestResponse } from "@flawless-ts/http-service/fastify";
import { afterEach, describe, expect, test, vi } from "vitest";
import { EngineError } from "../../errors.ts";
import { fakeEngine } from "../../testing/fake-engine.ts";
import { createApi } from "../create-api.ts";
import type { EngineApi } from "../engine-api.ts";

let app: FastifyInstance | undefined;

afterEach(async () => {
  await app?.close();
});

function post(
  update: EngineApi["update"],
  { query = "", headers = {}, payload = { type: "add", data: "1" } as unknown } = {},
): Promise<LightMyRequestResponse> {
  app = createApi(fakeEngine({ update }));
  return app.inject({
    method: "POST",
    url: `/api/workflows/wkf_1/updates${query}`,
    headers: { "content-type": "application/json", ...headers },
    payload: JSON.stringify(payload),
  });
}

describe("POST /api/workflows/ID/updates", () => {
  test("passes on the update with its key, and returns the workflow's answer", async () => {
    const update = vi.fn<EngineApi["update"]>(async () => ({ value: '{"n":1}' }));
    const headers = { "idempotency-key": "k" };
    const reply = await post(update, { headers, query: "?timeout_ms=70000" });

    expect([reply.statusCode, reply.payload]).toEqual([
      200,
      '{"ok":{"status":"answered","key":"k","value":"{\\"n\\":1}"}}',
    ]);
    expect(update).toHaveBeenCalledWith(
      "wkf_1",
      { key: "k", type: "add", data: "1" },
      { timeoutMs: 60_000, signal: expect.any(AbortSignal) as AbortSignal },
    );
  });

  test("reports that the workflow rejects it, or hasn't answered yet", async () => {
    const error = { name: "SoldOut", message: "There is none left." };
    const rejected = await post(async () => ({ error }));
    expect(rejected.json()).toMatchObject({ ok: { status: "rejected", error } });
    const pending = await post(async () => null, { query: "?timeout_ms=0" });
    expect(pending.statusCode).toBe(202);
    expect(pending.json()).toEqual({
      ok: { status: "pending", key: expect.stringMatching(/^[\da-f-]{36}$/) as string },
    });
  });

  test.each([
    [{ payload: { type: "add" } }],
    [{ payload: { type: "add", data: 1 } }],
    [{ query: "?timeout_ms=-1" }],
    [{ headers: { "idempotency-key": "two words" } }],
  ])("refuses %j", async (changed) => {
    const update = vi.fn<EngineApi["update"]>();
    const reply = await post(update, changed);
    expect(reply.statusCode).toBe(400);
    expect(reply.headers["flawless-error-code"]).toBe("INVALID_REQUEST");
    expect(update).not.toHaveBeenCalled();
  });

  test("reports that the workflow has ended", async () => {
    const reply = await post(async () => {
      throw new EngineError("WORKFLOW_ENDED", "It has ended.");
    });
    expect([reply.statusCode, reply.headers["flawless-error-code"]]).toEqual([
      409,
      "WORKFLOW_ENDED",
    ]);
  });
});
