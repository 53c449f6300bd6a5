import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { TestApi } from "../testing/test-api.ts";

const deep = `${"[".repeat(200)}${"]".repeat(200)}`;

describe("publishing refuses", () => {
  test.each([
    ["no body", "", 422],
    ["no JSON", "{", 400],
    ["no object", "[]", 422],
    ["null", "null", 422],
    ["no payload", '{"job_id":"a"}', 422],
    ["no payload, but a URL beside an id", '{"job_id":"a","url":"u"}', 422],
    ["neither a payload nor a URL", '{"id":5}', 422],
    ["an empty URL", '{"url":""}', 422],
    ["an empty id", '{"job_id":"","payload":1}', 422],
    ["an id with a control character", String.raw`{"job_id":"a\nb","payload":1}`, 422],
    ["an id of another type", '{"job_id":1,"payload":1}', 422],
    ["an id that is too long", `{"job_id":"${"x".repeat(256)}","payload":1}`, 422],
    ["half a surrogate pair", String.raw`{"job_id":"a","payload":{"x":"\ud800"}}`, 400],
    ["what is nested too deeply", `{"job_id":"a","payload":${deep}}`, 400],
    [
      "an unknown type of worker",
      '{"job_id":"a","payload":1,"compatible_worker_types":["x"]}',
      422,
    ],
    ["too large a body", `{"job_id":"a","payload":"${"x".repeat(1_048_576)}"}`, 413],
  ])("publishing refuses %s", async (_what, payload, status) => {
    await using api = new TestApi();
    const headers = { "content-type": "application/json" };
    for (const url of ["/queue/publish", "/api/queue/publish"]) {
      const reply = await api.app.inject({ method: "POST", url, payload, headers });
      expect(reply.statusCode).toBe(status);
      expect(reply.json()).toEqual({ error: expect.any(String) });
    }
    expect((await api.get("/api/queue/stats")).json()).toMatchObject({ total: 0 });
  });

  test("another media type", async () => {
    await using api = new TestApi();
    const reply = await api.app.inject({
      method: "POST",
      url: "/queue/publish",
      payload: "x",
      headers: { "content-type": "text/plain" },
    });
    expect(reply.statusCode).toBe(415);
  });
});

test.each(["/queue/publish", "/api/queue/claim", "/iroh/blob/store", "/workers/register"])(
  "a compressed body is refused unread: %s",
  async (url) => {
    await using api = new TestApi();
    const reply = await api.app.inject({
      method: "POST",
      url,
      payload: gzipSync('{"job_id":"a","payload":1}'),
      headers: { "content-type": "application/json", "content-encoding": "gzip" },
    });
    expect(reply.statusCode).toBe(415);
  },
);

describe("other routes refuse", () => {
  test.each([
    ["POST", "/queue/status/a", { status: "Done" }, 422],
    ["POST", "/queue/status/a", {}, 422],
    ["POST", "/api/queue/status/a", { status: "Completed" }, 404],
    ["POST", "/api/queue/status/a", { status: "Failed", error_message: 5 }, 422],
    ["GET", "/queue/status/a", undefined, 404],
    ["POST", "/api/queue/claim?worker_type=gpu", undefined, 400],
    ["POST", "/queue/claim?worker_type=gpu", undefined, 400],
    ["GET", "/queue/list?status=Lost", undefined, 400],
    ["GET", "/queue/list?limit=0", undefined, 400],
    ["GET", "/queue/list?limit=many", undefined, 400],
    ["POST", "/api/workers/register", {}, 422],
    ["POST", "/api/workers/register", { worker_type: "gpu" }, 422],
    ["POST", "/api/workers/register", { worker_type: "wasm", cpu_cores: -1 }, 422],
    ["DELETE", "/queue/list", undefined, 405],
    ["GET", "/queue/claim", undefined, 405],
    ["POST", "/health", undefined, 405],
    ["GET", "/queue", undefined, 404],
    ["GET", "/api/workers/list", undefined, 404],
    ["GET", "/workers/list", undefined, 404],
  ] as const)("%s %s %j", async (method, url, payload, status) => {
    await using api = new TestApi();
    const reply = await api.app.inject({
      method,
      url,
      ...(payload === undefined
        ? {}
        : { payload: JSON.stringify(payload), headers: { "content-type": "application/json" } }),
    });
    expect(reply.statusCode).toBe(status);
    expect(reply.json()).toEqual({ error: expect.any(String) });
    expect(reply.headers["flawless-error-code"]).toMatch(/^[A-Z_]+$/);
  });
});
