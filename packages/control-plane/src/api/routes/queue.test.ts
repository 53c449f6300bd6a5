import { connect } from "node:net";
import { listenOnFreePort } from "@flawless-ts/test-helpers";
import { describe, expect, test } from "vitest";
import type { Ledger } from "../../queue/ledger.ts";
import { MemoryStore } from "../../store/memory-store.ts";
import type { WriteMethod } from "../../store/store.ts";
import { TestApi } from "../../testing/test-api.ts";

const crawl = { job_id: "job-a", payload: { id: 1, url: "https://example.com" } };

const both = {
  assigned_worker_id: null,
  started_at: null,
  error_message: null,
  retry_count: 0,
  compatible_worker_types: [],
  request_id: expect.any(String),
  progress: null,
};

describe("a payload", () => {
  test.each([
    '{"__proto__":1}',
    '{"__proto__":{"polluted":true},"a":{"__proto__":null}}',
    '{"constructor":{"prototype":{"polluted":true}},"prototype":[]}',
    '[{"toString":1,"hasOwnProperty":"x"}]',
  ])("is kept unchanged: %s", async (text) => {
    await using api = new TestApi();
    const published = await api.app.inject({
      method: "POST",
      url: "/api/queue/publish",
      payload: `{"job_id":"a","payload":${text}}`,
      headers: { "content-type": "application/json" },
    });
    expect(published.statusCode).toBe(200);
    for (const seen of [
      await api.get("/api/queue/list"),
      await api.post("/api/queue/claim?worker_id=w"),
    ]) {
      expect(seen.payload).toContain(`"payload":${text}`);
    }
    expect("polluted" in {}).toBe(false);
  });

  test("that is the body itself is refused only for a key that could reach a prototype", async () => {
    await using api = new TestApi();
    const reply = await api.app.inject({
      method: "POST",
      url: "/queue/publish",
      payload: '{"url":"http://a.example/","__proto__":1}',
      headers: { "content-type": "application/json" },
    });
    expect([reply.statusCode, reply.json()]).toEqual([
      400,
      { error: "The body must not have a key named __proto__." },
    ]);
  });
});

describe("the first form", () => {
  test("publishes, claims and completes a job, in the shape of both forms", async () => {
    await using api = new TestApi();
    const now = api.clock.seconds;
    const pending = {
      ...both,
      id: "job-a",
      job_id: "job-a",
      status: "Pending",
      claimed_by: null,
      completed_by: null,
      created_at: now,
      updated_at: now,
      payload: crawl.payload,
    };
    const published = await api.post("/queue/publish", crawl);
    expect([published.statusCode, published.json()]).toEqual([200, pending]);

    api.clock.advance(2_500);
    const claimed = await api.post("/queue/claim");
    expect([claimed.statusCode, claimed.json()]).toEqual([
      200,
      { ...pending, status: "Claimed", claimed_by: "node-1", updated_at: now + 2 },
    ]);

    const running = await api.post("/queue/status/job-a", { status: "InProgress" });
    expect(running.json()).toMatchObject({ status: "InProgress" });
    await api.post("/queue/status/job-a", { status: "Completed" });
    expect((await api.get("/queue/list")).json()).toEqual([
      {
        ...pending,
        status: "Completed",
        claimed_by: "node-1",
        completed_by: "node-1",
        updated_at: now + 2,
        started_at: now + 2,
      },
    ]);
    expect((await api.get("/queue/status/job-a")).json()).toMatchObject({ status: "Completed" });
  });

  test("responds with 204 and no body if there is no job", async () => {
    await using api = new TestApi();
    const reply = await api.post("/queue/claim");
    expect([reply.statusCode, reply.payload]).toEqual([204, ""]);
  });

  test("accepts the same job again, and lets another one replace it", async () => {
    await using api = new TestApi();
    const before = (await api.post("/queue/publish", crawl)).json<{ created_at: number }>();
    const same = await api.post("/queue/publish", crawl);
    const other = await api.post("/queue/publish", { ...crawl, payload: { id: 2 } });

    expect([same.statusCode, other.statusCode]).toEqual([200, 200]);
    expect(same.json()).toEqual(before);
    expect((await api.get("/queue/list")).json()).toMatchObject([
      { job_id: "job-a", payload: { id: 2 }, created_at: before.created_at + 1 },
    ]);
  });

  test("does not replace a job that somebody is working on", async () => {
    await using api = new TestApi();
    await api.post("/queue/publish", crawl);
    await api.post("/queue/claim");
    const other = await api.post("/queue/publish", { ...crawl, payload: { id: 2 } });
    expect([other.statusCode, other.headers["flawless-error-code"]]).toEqual([409, "JOB_CONFLICT"]);
  });

  test("ignores states after the end, for unknown jobs, and from workers that lost the job", async () => {
    await using api = new TestApi();
    await api.post("/queue/publish", crawl);
    await api.post("/queue/publish", { job_id: "lost", payload: 1 });
    await api.post("/queue/status/job-a", { status: "Completed" });
    await api.post("/queue/claim");
    await api.post("/queue/status/lost", { status: "Pending" });
    const replies = [
      await api.post("/queue/status/job-a", { status: "InProgress" }),
      await api.post("/queue/status/unknown", { status: "Completed" }),
      await api.post("/queue/status/lost", { status: "InProgress" }),
    ];

    expect(replies.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
    expect(replies[1]?.json()).toBeNull();
    expect((await api.get("/queue/list")).json()).toMatchObject([
      { status: "Completed" },
      { status: "Pending" },
    ]);
  });

  test.each(["a b/c?", "grün", "x".repeat(255)])("takes the id %j", async (id) => {
    await using api = new TestApi();
    await api.post("/queue/publish", { job_id: id, payload: 1 });
    const path = `/queue/status/${encodeURIComponent(id)}`;
    await api.post(path, { status: "Completed" });
    expect((await api.get(path)).json()).toMatchObject({ job_id: id, status: "Completed" });
  });

  test("truncates a reason that is too long", async () => {
    await using api = new TestApi();
    await api.post("/queue/publish", crawl);
    const reason = { status: "Failed", error_message: "x".repeat(20_000) };
    const reply = await api.post("/queue/status/job-a", reason);
    expect(reply.json()).toMatchObject({ status: "Failed", error_message: "x".repeat(16_384) });
  });
});

describe("the second form", () => {
  test("gives the job an id, and returns all its data", async () => {
    await using api = new TestApi();
    const now = api.clock.seconds;
    const reply = await api.app.inject({
      method: "POST",
      url: "/api/queue/publish",
      payload: { url: "https://example.com", compatible_worker_types: ["wasm", "wasm"] },
      headers: { "x-request-id": "request-7", accept: "text/plain, application/json;q=0.5" },
    });

    expect([reply.statusCode, reply.json()]).toEqual([
      200,
      {
        ...both,
        id: "job-1",
        job_id: "job-1",
        status: "Pending",
        claimed_by: null,
        completed_by: null,
        created_at: now,
        updated_at: now,
        payload: { id: 1, url: "https://example.com" },
        compatible_worker_types: ["wasm"],
        request_id: "request-7",
      },
    ]);
  });

  test("also accepts an id from the caller, and never replaces that job", async () => {
    await using api = new TestApi();
    const reply = await api.post("/api/queue/publish", crawl);
    const other = await api.post("/api/queue/publish", { ...crawl, payload: { id: 2 } });
    expect(reply.json()).toMatchObject({ id: "job-a", payload: crawl.payload });
    expect([other.statusCode, other.headers["flawless-error-code"]]).toEqual([409, "JOB_CONFLICT"]);
  });

  test.each([
    [
      { payload: { id: "order-7", url: "u" }, url: "u" },
      { id: "order-7", url: "u" },
    ],
    [{ payload: { url: "" } }, { url: "" }],
    [{ payload: [1, null] }, [1, null]],
    [{ payload: null }, null],
    [
      { url: "u", id: "mine", depth: 2 },
      { url: "u", id: "mine", depth: 2 },
    ],
    [
      { url: "u", depth: 2 },
      { id: 1, url: "u", depth: 2 },
    ],
  ])("gives an id to %j, and keeps its payload", async (body, payload) => {
    await using api = new TestApi();
    const reply = await api.post("/api/queue/publish", body);
    expect(reply.json()).toMatchObject({ id: "job-1" });
    expect((await api.post("/queue/claim")).json<{ payload: unknown }>().payload).toEqual(payload);
  });

  test("refuses to reopen a finished job, and to set states of unknown jobs", async () => {
    await using api = new TestApi();
    await api.post("/queue/publish", crawl);
    await api.post("/api/queue/status/job-a", { status: "Completed" });
    const again = await api.post("/api/queue/status/job-a", { status: "Completed" });
    const back = await api.post("/api/queue/status/job-a", { status: "InProgress" });
    const unknown = await api.post("/api/queue/status/unknown", { status: "InProgress" });

    expect([again.statusCode, back.statusCode, unknown.statusCode]).toEqual([200, 409, 404]);
    expect(back.headers["flawless-error-code"]).toBe("JOB_ENDED");
    expect(back.json()).toEqual({
      error: "The job job-a is Completed, which is final, and can't become InProgress.",
    });
  });

  test("hands out jobs to workers by their type, and keeps the reason of a failure", async () => {
    await using api = new TestApi();
    await api.post("/api/workers/register", { worker_type: "wasm", worker_id: "w" });
    await api.post("/api/queue/publish", { url: "f", compatible_worker_types: ["firecracker"] });
    await api.post("/api/queue/publish", { url: "w" });
    const claimed = await api.post("/api/queue/claim?worker_id=w&worker_type=wasm");
    expect(claimed.json()).toMatchObject({ id: "job-2", assigned_worker_id: "w", claimed_by: "w" });
    expect((await api.post("/api/queue/claim?worker_type=wasm")).statusCode).toBe(204);

    api.clock.advance(1_000);
    await api.post("/api/queue/status/job-2", { status: "InProgress" });
    const failed = await api.post("/api/queue/status/job-2", {
      status: "Failed",
      error_message: "no luck",
    });
    expect(failed.json()).toMatchObject({
      status: "Failed",
      error_message: "no luck",
      started_at: api.clock.seconds,
    });
  });

  test("counts jobs with a total", async () => {
    await using api = new TestApi();
    await api.post("/api/queue/publish", { url: "u" });
    await api.post("/api/queue/claim");
    await api.post("/api/queue/publish", { url: "u" });
    expect((await api.get("/api/queue/stats")).json()).toEqual({
      pending: 1,
      claimed: 1,
      in_progress: 0,
      completed: 0,
      failed: 0,
      total: 2,
    });
  });

  test("lists all or some jobs, over many pages", async () => {
    await using api = new TestApi();
    for (let job = 0; job < 1_201; job += 1) {
      await api.context.queue.publishNext({ payload: "{}", workerTypes: [], requestId: "r" });
    }
    await api.post("/api/queue/claim");
    const all = (await api.get("/api/queue/list")).json<{ readonly id: string }[]>();
    const some = (await api.get("/api/queue/list?limit=3&status=Pending")).json<
      { readonly id: string }[]
    >();

    expect(all.map(({ id }) => id)).toEqual(all.map((_, index) => `job-${index + 1}`));
    expect(all).toHaveLength(1_201);
    expect(some.map(({ id }) => id)).toEqual(["job-2", "job-3", "job-4"]);
  });

  test("serves the jobs of the first form, and vice versa", async () => {
    await using api = new TestApi();
    await api.post("/queue/publish", crawl);
    expect((await api.post("/api/queue/claim")).json()).toMatchObject({ id: "job-a" });
    expect((await api.get("/queue/stats")).json()).toMatchObject({ claimed: 1 });
  });
});

test("a job claimed by a disconnected caller returns to the queue at once", async () => {
  const asked = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  class SlowStore extends MemoryStore {
    override async write<Name extends WriteMethod>(
      method: Name,
      ...parameters: Parameters<Ledger[Name]>
    ): Promise<ReturnType<Ledger[Name]>> {
      if (method === "claim") {
        asked.resolve();
        await release.promise;
      }
      return super.write(method, ...parameters);
    }
  }
  await using api = new TestApi({ store: new SlowStore() });
  await api.post("/queue/publish", crawl);
  const port = await listenOnFreePort(api.app);
  const gone = new Promise<void>((resolve) => {
    api.app.server.once("connection", (socket) => socket.once("close", () => resolve()));
  });
  const socket = connect(port, "127.0.0.1");
  socket.write("POST /queue/claim HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
  await asked.promise;
  socket.destroy();
  await gone;
  release.resolve();

  await expect
    .poll(() => api.context.queue.job("job-a"))
    .toMatchObject({ status: "Pending", claims: 1, retries: 0 });
});

test("payloads keep every digit", async () => {
  await using api = new TestApi();
  const text = '{"job_id":"a","payload":{"id":18446744073709551615,"part":0.1,"text":"grün"}}';
  await api.app.inject({
    method: "POST",
    url: "/queue/publish",
    payload: text,
    headers: { "content-type": "application/json" },
  });
  const claimed = await api.post("/queue/claim");
  expect(claimed.payload).toContain(
    '"payload":{"id":18446744073709551615,"part":0.1,"text":"grün"}}',
  );
});
