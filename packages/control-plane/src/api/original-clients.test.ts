import type { LightMyRequestResponse } from "@flawless-ts/http-service/fastify";
import { describe, expect, test } from "vitest";
import { TestApi } from "../testing/test-api.ts";

/** Sends what mvm-ci's own programs send: always JSON, even an empty body, and no Accept header. */
function post(api: TestApi, url: string, body: unknown = null): Promise<LightMyRequestResponse> {
  return api.app.inject({
    method: "POST",
    url,
    payload: JSON.stringify(body),
    headers: { "content-type": "application/json" },
  });
}

function answer({ statusCode, headers, payload }: LightMyRequestResponse): readonly unknown[] {
  return [statusCode, headers["content-type"], payload];
}

const plain = "text/plain; charset=utf-8";
const page = "text/html; charset=utf-8";

describe.each([
  ["without /api, as it sends requests", ""],
  ["with /api, as its server has it", "/api"],
])("mvm-ci's worker of the second form, %s", (_how, base) => {
  test("registers, sends heartbeats, claims, runs, and leaves", async () => {
    await using api = new TestApi();
    await post(api, `${base}/queue/publish`, { url: "https://example.com" });
    const registered = await post(api, `${base}/workers/register`, {
      worker_type: "wasm",
      endpoint_id: "3f6c",
      cpu_cores: 8,
      memory_mb: 16_384,
      metadata: { hostname: "h", version: "0.1.0", rust_version: "" },
    });
    const { worker_id: id, message } = registered.json<Record<string, string>>();
    expect(registered.statusCode).toBe(201);
    expect(id).toMatch(/^worker-wasm-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(message).toBe(`Worker ${id} registered successfully`);

    const heartbeat = { worker_id: id, active_jobs: 0, cpu_cores: 8, memory_mb: 16_384 };
    const heard = await post(api, `${base}/workers/${id}/heartbeat`, heartbeat);
    expect(answer(heard)).toEqual([200, plain, "Heartbeat recorded"]);

    const claim = `${base}/queue/claim?worker_id=${id}&worker_type=wasm`;
    const claimed = await post(api, claim);
    expect([claimed.statusCode, claimed.json()]).toEqual([
      200,
      expect.objectContaining({
        id: "job-1",
        status: "Claimed",
        claimed_by: expect.any(String),
        assigned_worker_id: id,
        completed_by: null,
        created_at: api.clock.seconds,
        updated_at: api.clock.seconds,
        started_at: null,
        error_message: null,
        retry_count: 0,
        payload: { id: 1, url: "https://example.com" },
        compatible_worker_types: [],
      }),
    ]);
    for (const status of ["InProgress", "Completed"]) {
      const update = { status, error_message: null };
      const told = await post(api, `${base}/queue/status/job-1`, update);
      expect(answer(told)).toEqual([200, plain, "Status updated"]);
    }
    const none = await post(api, claim);
    expect([none.statusCode, none.payload]).toEqual([204, ""]);

    expect((await api.get(`${base}/queue/stats`)).json()).toMatchObject({ completed: 1, total: 1 });
    expect((await api.get(`${base}/workers`)).json()).toMatchObject([
      { id, worker_type: "wasm", status: "online", endpoint_id: "3f6c", total_jobs_completed: 1 },
    ]);
    expect((await api.get(`${base}/workers/${id}`)).json()).toMatchObject({ id });
    expect((await api.get(`${base}/workers/stats`)).json()).toMatchObject({ total: 1, online: 1 });
    const drained = await post(api, `${base}/workers/${id}/drain`);
    expect(answer(drained)).toEqual([200, plain, `Worker ${id} marked as draining`]);
  });

  test("may write its type in capitals, and send extra fields", async () => {
    await using api = new TestApi();
    await post(api, `${base}/queue/publish`, { url: "u" });
    const claim = `${base}/queue/claim?worker_id=&worker_type=Wasm&more=1`;
    expect((await post(api, claim)).json()).toMatchObject({ id: "job-1" });
  });

  test("works even if the control plane doesn't know it", async () => {
    await using api = new TestApi();
    await post(api, `${base}/queue/publish`, { url: "u" });
    const claimed = await post(api, `${base}/queue/claim?worker_id=x&worker_type=wasm`);
    const heard = await post(api, `${base}/workers/x/heartbeat`, { active_jobs: 1 });
    const drained = await post(api, `${base}/workers/x/drain`);
    expect([claimed, heard, drained].map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
  });
});

describe("mvm-ci's programs of the first form", () => {
  test("publish, claim, set states and report progress", async () => {
    await using api = new TestApi();
    const job = { job_id: "job-7", payload: { id: 7, url: "https://example.com" }, more: true };
    const published = await post(api, "/queue/publish", job);
    expect(answer(published)).toEqual([200, plain, "Work item published"]);

    const claimed = await post(api, "/queue/claim");
    expect(claimed.json()).toMatchObject({
      job_id: "job-7",
      status: "Claimed",
      claimed_by: "node-1",
      completed_by: null,
      created_at: api.clock.seconds,
      updated_at: api.clock.seconds,
      payload: job.payload,
    });
    const told = await post(api, "/queue/status/job-7", { status: "InProgress" });
    expect(answer(told)).toEqual([200, plain, "Status updated"]);
    const report = { id: 7, status: "Done", url: "last", urls_left: 9 };
    const reported = await post(api, "/ui-update", report);
    expect(answer(reported)).toEqual([200, page, "OK"]);
    expect((await api.get("/queue/list")).json()).toMatchObject([
      { job_id: "job-7", status: "Completed" },
    ]);
  });

  test("start a job that they haven't claimed", async () => {
    await using api = new TestApi();
    await post(api, "/queue/publish", { job_id: "a", payload: 1 });
    const told = await post(api, "/queue/status/a", { status: "InProgress" });
    expect(told.statusCode).toBe(200);
    expect((await api.get("/queue/list")).json()).toMatchObject([{ status: "InProgress" }]);
  });

  test("add crawls starting at 0, and get HTML fragments", async () => {
    await using api = new TestApi();
    const added = await api.app.inject({
      method: "POST",
      url: "/new-job",
      payload: "url=https%3A%2F%2Fexample.com",
      headers: { "content-type": "application/x-www-form-urlencoded", "hx-request": "true" },
    });
    const listed = await api.get("/list");

    expect(answer(added)).toEqual([200, page, listed.payload]);
    expect(listed.payload).toContain("https://example.com");
    expect(listed.payload).not.toMatch(/<html|<body/);
    expect((await post(api, "/queue/claim")).json()).toMatchObject({
      job_id: "job-0",
      payload: { id: 0, url: "https://example.com" },
    });
  });

  test.each(["", "{}", "x=1", "null"])("claim with the body %j of any kind", async (payload) => {
    await using api = new TestApi();
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const reply = await api.app.inject({ method: "POST", url: "/queue/claim", payload, headers });
    expect(reply.statusCode).toBe(204);
  });
});

test("mvm-ci's programs of the second form get the id of what they publish", async () => {
  await using api = new TestApi();
  const published = await post(api, "/api/queue/publish", { url: "u", more: true });
  expect(answer(published)).toEqual([200, plain, "Job job-1 published"]);
});
