import { describe, expect, test } from "vitest";
import { TestApi } from "../testing/test-api.ts";

const deep = `${"[".repeat(200)}${"]".repeat(200)}`;

describe("publishing refuses", () => {
  test.each([
    ["no body", "", 400],
    ["no JSON", "{", 400],
    ["no object", "[]", 400],
    ["null", "null", 400],
    ["no payload", '{"job_id":"a"}', 400],
    ["an empty id", '{"job_id":"","payload":1}', 400],
    ["an id with spaces", '{"job_id":"a b","payload":1}', 400],
    ["an id of another type", '{"job_id":1,"payload":1}', 400],
    ["an id that is too long", `{"job_id":"${"x".repeat(256)}","payload":1}`, 400],
    ["a __proto__ deep inside", '{"job_id":"a","payload":{"x":{"__proto__":{}}}}', 400],
    ["half a surrogate pair", String.raw`{"job_id":"a","payload":{"x":"\ud800"}}`, 400],
    ["what is nested too deeply", `{"job_id":"a","payload":${deep}}`, 400],
    ["an unknown member beside an id", '{"job_id":"a","payload":1,"pay":2}', 400],
    [
      "an unknown type of worker",
      '{"job_id":"a","payload":1,"compatible_worker_types":["x"]}',
      400,
    ],
    ["too large a body", `{"job_id":"a","payload":"${"x".repeat(1_048_576)}"}`, 413],
  ])("%s", async (_what, payload, status) => {
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

  test("a payload of nothing but an id where the server gives one", async () => {
    await using api = new TestApi();
    expect((await api.post("/api/queue/publish", {})).statusCode).toBe(400);
    expect((await api.post("/api/queue/publish", { id: 5 })).statusCode).toBe(400);
  });
});

describe("other routes refuse", () => {
  test.each([
    ["POST", "/queue/status/a", { status: "Done" }, 400],
    ["POST", "/queue/status/a", {}, 400],
    ["POST", "/queue/status/a", { status: "Completed" }, 404],
    ["POST", "/api/queue/status/a", { status: "Failed", error_message: 5 }, 400],
    ["GET", "/queue/status/a", undefined, 404],
    ["POST", "/queue/claim?worker_id=w", undefined, 400],
    ["POST", "/api/queue/claim?worker=w", undefined, 400],
    ["POST", "/api/queue/claim?worker_type=gpu", undefined, 400],
    ["POST", "/api/queue/claim?worker_id=", undefined, 400],
    ["GET", "/queue/list?status=Lost", undefined, 400],
    ["GET", "/queue/list?limit=0", undefined, 400],
    ["GET", "/queue/list?limit=many", undefined, 400],
    ["POST", "/api/workers/register", {}, 400],
    ["POST", "/api/workers/register", { worker_type: "gpu" }, 400],
    ["POST", "/api/workers/register", { worker_type: "wasm", worker_id: "a b" }, 400],
    ["POST", "/api/workers/register", { worker_type: "wasm", cpu_cores: -1 }, 400],
    ["DELETE", "/queue/list", undefined, 405],
    ["GET", "/queue/claim", undefined, 405],
    ["POST", "/health", undefined, 405],
    ["GET", "/queue", undefined, 404],
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
