import { describe, expect, test } from "vitest";
import { TestApi } from "../../testing/test-api.ts";

describe("workers", () => {
  test("register under the id that they request, and get mvm-ci's response", async () => {
    await using api = new TestApi();
    const reply = await api.post("/api/workers/register", {
      worker_type: "wasm",
      worker_id: "host-1",
      endpoint_id: "endpoint",
      cpu_cores: 4,
      memory_mb: 2048,
      metadata: { host: "h", big: 1 },
    });
    const worker = {
      id: "host-1",
      worker_type: "wasm",
      status: "online",
      endpoint_id: "endpoint",
      registered_at: api.clock.seconds,
      last_heartbeat: api.clock.seconds,
      cpu_cores: 4,
      memory_mb: 2048,
      active_jobs: 0,
      total_jobs_completed: 0,
      metadata: { host: "h", big: 1 },
    };
    expect([reply.statusCode, reply.json()]).toEqual([
      201,
      { worker_id: "host-1", message: "Worker host-1 registered successfully" },
    ]);
    for (const prefix of ["/workers", "/api/workers"]) {
      expect((await api.get(`${prefix}/host-1`)).json()).toEqual(worker);
      expect((await api.get(prefix)).json()).toEqual([worker]);
    }
  });

  test.each([
    [{ worker_type: "wasm", endpoint_id: "endpoint" }],
    [{ worker_type: "firecracker" }],
    [{ worker_type: "wasm", worker_id: "a name with spaces" }],
    [{ worker_type: "wasm", worker_id: "stats" }],
  ])("get an id if %j doesn't contain a valid one", async (body) => {
    await using api = new TestApi();
    const reply = await api.post("/api/workers/register", body);
    expect(reply.json()).toMatchObject({
      worker_id: expect.stringMatching(new RegExp(`^worker-${body.worker_type}-[0-9a-f-]{36}$`)),
    });
  });

  test("may send heartbeats with and without a body", async () => {
    await using api = new TestApi();
    await api.post("/api/workers/register", { worker_type: "wasm", worker_id: "w" });
    api.clock.advance(30_000);
    const bare = await api.post("/api/workers/w/heartbeat");
    const full = await api.post("/api/workers/w/heartbeat", {
      worker_id: "w",
      active_jobs: 1,
      cpu_cores: 8,
      memory_mb: null,
    });

    expect(bare.json()).toMatchObject({ last_heartbeat: api.clock.seconds, cpu_cores: null });
    expect(full.json()).toMatchObject({ cpu_cores: 8, memory_mb: null });
  });

  test.each([[[]], [5], [{ cpu_cores: -1 }], [{ memory_mb: "much" }]])(
    "can't send the heartbeat %j",
    async (body) => {
      await using api = new TestApi();
      await api.post("/api/workers/register", { worker_type: "wasm", worker_id: "w" });
      expect((await api.post("/api/workers/w/heartbeat", body)).statusCode).toBe(422);
    },
  );

  test("return their jobs and get no more once they are drained", async () => {
    await using api = new TestApi();
    await api.post("/api/workers/register", { worker_type: "wasm", worker_id: "w" });
    await api.post("/api/queue/publish", { url: "u" });
    await api.post("/api/queue/claim?worker_id=w");
    const drained = await api.post("/api/workers/w/drain");

    expect(drained.json()).toMatchObject({ status: "draining", active_jobs: 0 });
    expect((await api.post("/api/queue/claim?worker_id=w")).statusCode).toBe(204);
    expect((await api.get("/api/queue/status/job-1")).json()).toMatchObject({
      status: "Pending",
      retry_count: 1,
    });
  });

  test("are counted", async () => {
    await using api = new TestApi();
    for (const id of ["a", "b", "c"]) {
      await api.post("/api/workers/register", { worker_type: "wasm", worker_id: id });
      await api.post("/api/queue/publish", { url: "u" });
      await api.post(`/api/queue/claim?worker_id=${id}`);
    }
    await api.post("/api/queue/status/job-1", { status: "Completed" });
    await api.post("/api/workers/b/drain");
    api.clock.advance(90_000);
    await api.post("/api/workers/a/heartbeat");
    await api.post("/api/workers/b/heartbeat");
    await api.context.queue.returnLost();

    expect((await api.get("/api/workers/stats")).json()).toEqual({
      total: 3,
      online: 1,
      draining: 1,
      offline: 1,
      total_active_jobs: 0,
      total_completed_jobs: 1,
    });
    expect((await api.get("/api/workers/c")).json()).toMatchObject({ status: "offline" });
  });

  test("are not found if unknown", async () => {
    await using api = new TestApi();
    const reply = await api.get("/api/workers/x");
    expect([reply.statusCode, reply.headers["flawless-error-code"]]).toEqual([
      404,
      "WORKER_NOT_FOUND",
    ]);
  });

  test("may send heartbeats and work even if unknown", async () => {
    await using api = new TestApi();
    await api.post("/api/queue/publish", { url: "u" });
    const heard = await api.post("/api/workers/x/heartbeat", { active_jobs: 0 });
    const claimed = await api.post("/api/queue/claim?worker_id=x");
    const drained = await api.post("/api/workers/x/drain");

    expect([heard, drained].map((reply) => [reply.statusCode, reply.json()])).toEqual([
      [200, null],
      [200, null],
    ]);
    expect(claimed.json()).toMatchObject({ id: "job-1", assigned_worker_id: "x" });
    expect((await api.get("/queue/status/job-1")).json()).toMatchObject({ status: "Pending" });
    expect((await api.get("/api/workers")).json()).toEqual([]);
  });

  test("may not send too much metadata", async () => {
    await using api = new TestApi();
    const metadata = { text: "x".repeat(17_000) };
    const reply = await api.post("/api/workers/register", { worker_type: "wasm", metadata });
    expect(reply.statusCode).toBe(422);
  });
});
