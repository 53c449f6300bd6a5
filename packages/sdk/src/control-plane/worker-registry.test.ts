import { describe, expect, test } from "vitest";
import { controlPlaneOf, firstForm, secondForm } from "../testing/control-plane-answers.ts";
import { FakeServer } from "../testing/fake-server.ts";
import type { WorkerInfo } from "./types.ts";

const wire = {
  id: "w 1",
  worker_type: "wasm",
  status: "online",
  endpoint_id: "mine",
  registered_at: 1,
  last_heartbeat: 2,
  cpu_cores: 4,
  memory_mb: null,
  active_jobs: 1,
  total_jobs_completed: 9,
  metadata: { hostname: "h" },
};
const info: WorkerInfo = {
  id: "w 1",
  type: "wasm",
  status: "online",
  name: "mine",
  registeredAt: 1,
  lastHeartbeat: 2,
  cpuCores: 4,
  memoryMb: null,
  activeJobs: 1,
  totalJobsCompleted: 9,
  metadata: { hostname: "h" },
};

describe("a worker registry of the second form", () => {
  test.each([wire, { worker_id: "w 1", message: "registered" }])(
    "registers a worker, whatever form the answer has: %#",
    async (json) => {
      await using server = await FakeServer.start({
        ...secondForm,
        "POST /api/workers/register": { status: 201, json },
      });
      await using client = controlPlaneOf(server);
      const metadata = { hostname: "h" };
      const registration = { type: "wasm", name: "mine", cpuCores: 4, metadata } as const;
      expect(await client.workers.register(registration)).toBe("w 1");
      expect(
        JSON.parse(server.seen("POST /api/workers/register")[0]?.body.toString() ?? ""),
      ).toEqual({
        worker_type: "wasm",
        worker_id: "mine",
        endpoint_id: "mine",
        cpu_cores: 4,
        memory_mb: null,
        metadata,
      });
    },
  );

  test("registers once, even if the response is lost", async () => {
    await using server = await FakeServer.start({
      ...secondForm,
      "POST /api/workers/register": ["hang up", { status: 201, json: wire }],
    });
    await using client = controlPlaneOf(server);
    await expect(client.workers.register({ type: "wasm", name: "mine" })).rejects.toMatchObject({
      maybeSent: true,
    });
    expect(server.seen("POST /api/workers/register")).toHaveLength(1);
  });

  test("sends heartbeats, drains, lists, gets and counts", async () => {
    await using server = await FakeServer.start({
      ...secondForm,
      "POST /api/workers/w%201/heartbeat": ["hang up", { text: "" }],
      "POST /api/workers/w%201/drain": ["hang up", { text: "" }],
      "GET /api/workers": { json: [wire] },
      "GET /api/workers/w%201": { json: wire },
      "GET /api/workers/stats": {
        json: {
          total: 3,
          online: 1,
          draining: 1,
          offline: 1,
          total_active_jobs: 2,
          total_completed_jobs: 5,
        },
      },
    });
    await using client = controlPlaneOf(server);
    await client.workers.heartbeat("w 1", 2);
    await client.workers.drain("w 1");
    expect(await client.workers.list()).toEqual([info]);
    expect(await client.workers.get("w 1")).toEqual(info);
    expect(await client.workers.stats()).toEqual({
      total: 3,
      online: 1,
      draining: 1,
      offline: 1,
      totalActiveJobs: 2,
      totalCompletedJobs: 5,
    });
    const [, beat] = server.seen("POST /api/workers/w%201/heartbeat");
    expect(JSON.parse(beat?.body.toString() ?? "")).toMatchObject({
      worker_id: "w 1",
      active_jobs: 2,
    });
  });

  test.each([{ status: 404, text: "Worker not found" }, { text: "null" }])(
    "reports an unknown worker for %j",
    async (answer) => {
      await using server = await FakeServer.start({
        ...secondForm,
        "POST /api/workers/w/heartbeat": answer,
      });
      await using client = controlPlaneOf(server);
      await expect(client.workers.heartbeat("w", 0)).rejects.toMatchObject({
        code: "FLAWLESS_NOT_FOUND",
      });
    },
  );

  test("refuses metadata that JSON can't represent", async () => {
    await using server = await FakeServer.start(secondForm);
    await using client = controlPlaneOf(server);
    const metadata = { at: new Map() as unknown as string };
    await expect(
      client.workers.register({ type: "wasm", name: "w", metadata }),
    ).rejects.toMatchObject({ code: "FLAWLESS_NOT_JSON", path: "$.metadata.at" });
  });
});

test("the first form has no workers", async () => {
  await using server = await FakeServer.start(firstForm);
  await using client = controlPlaneOf(server);
  const { workers } = client;
  for (const call of [
    () => workers.register({ type: "wasm", name: "mine" }),
    () => workers.heartbeat("w", 0),
    () => workers.list(),
    () => workers.get("w"),
    () => workers.drain("w"),
    () => workers.stats(),
  ]) {
    await expect(call()).rejects.toMatchObject({ code: "FLAWLESS_NOT_SUPPORTED_BY_SERVER" });
  }
  expect(server.requests.every(({ path }) => path.endsWith("/queue/stats"))).toBe(true);
});
