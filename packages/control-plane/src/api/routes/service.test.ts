import { describe, expect, test } from "vitest";
import type { FlawlessState } from "../../flawless/flawless-link.ts";
import { MemoryStore } from "../../store/memory-store.ts";
import { TestApi } from "../../testing/test-api.ts";
import { controlPlaneVersion } from "../../version.ts";

const url = "http://127.0.0.1:27288";

function flawless(change: Partial<FlawlessState> = {}): {
  readonly url: string;
  readonly ask: () => Promise<FlawlessState>;
} {
  const state: FlawlessState = {
    url,
    status: "ready",
    reason: null,
    modules: ["crawler:0.1.8"],
    ...change,
  };
  return { url, ask: async () => state };
}

class BrokenStore extends MemoryStore {
  override async read(): Promise<never> {
    throw new Error("no disk");
  }
}

describe("GET /health", () => {
  test("reports the state of the store and of Flawless", async () => {
    await using api = new TestApi({ flawless: flawless() });
    const reply = await api.get("/health");
    expect([reply.statusCode, reply.json()]).toEqual([
      200,
      {
        status: "ok",
        version: controlPlaneVersion,
        reason: null,
        node_id: "node-1",
        store: { kind: "sqlite", status: "ok" },
        flawless: { url, status: "ready", reason: null, modules: ["crawler:0.1.8"] },
      },
    ]);
  });

  test("has status 503 while Flawless is not ready", async () => {
    await using api = new TestApi({
      flawless: flawless({ status: "waiting", reason: "Nothing listens there." }),
    });
    const reply = await api.get("/health");
    expect([reply.statusCode, reply.json()]).toMatchObject([
      503,
      {
        status: "degraded",
        reason: `Flawless at ${url} is waiting: Nothing listens there.`,
        flawless: { status: "waiting" },
      },
    ]);
  });

  test("has status 503 while the store fails", async () => {
    await using api = new TestApi({ store: new BrokenStore() });
    const reply = await api.get("/health");
    expect([reply.statusCode, reply.json()]).toMatchObject([
      503,
      { reason: "The store can't be read.", store: { status: "failing" }, flawless: null },
    ]);
    expect((await api.get("/hiqlite/health")).json()).toMatchObject({
      is_healthy: false,
      has_leader: false,
    });
  });

  test("reports only its status to callers without a token", async () => {
    await using api = new TestApi({ tokens: ["secret"] });
    expect((await api.get("/health")).json()).toEqual({
      status: "ok",
      version: controlPlaneVersion,
    });
  });
});

test.each(["/hiqlite/health", "/health/hiqlite"])("%s reports a cluster of one", async (path) => {
  await using api = new TestApi();
  expect((await api.get(path)).json()).toEqual({
    is_healthy: true,
    node_count: 1,
    has_leader: true,
    store: "sqlite",
  });
});

test("GET /api/nodes gives workers the URL of Flawless", async () => {
  await using api = new TestApi({ flawless: flawless() });
  expect((await api.get("/api/nodes")).json()).toEqual({
    nodes: [{ node_id: "node-1", url: "http://node-1:3020", flawless_url: url }],
  });
});

test("GET /metrics counts what happens", async () => {
  await using api = new TestApi({ flawless: flawless() });
  await api.post("/api/workers/register", { worker_type: "wasm", worker_id: "w" });
  await api.post("/api/queue/publish", { url: "u" });
  await api.post("/api/queue/publish", { url: "u" });
  await api.post("/api/queue/claim?worker_id=w");
  await api.post("/api/workers/w/drain");
  const reply = await api.get("/metrics");

  expect(reply.headers["content-type"]).toMatch(/^text\/plain; version=0\.0\.4/);
  for (const line of [
    'control_plane_jobs{status="Pending"} 2',
    'control_plane_workers{status="draining"} 1',
    "control_plane_jobs_published_total 2",
    "control_plane_jobs_claimed_total 1",
    "control_plane_jobs_returned_total 1",
    "control_plane_flawless_up 1",
    'control_plane_http_request_duration_seconds_count{method="POST",route="/api/workers/:id/drain",status="200"} 1',
  ]) {
    expect(reply.payload.split("\n")).toContain(line);
  }
  expect(reply.payload).toContain("process_cpu_user_seconds_total");
});
