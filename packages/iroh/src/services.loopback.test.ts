import { statSync } from "node:fs";
import { startControlPlane } from "@flawless-ts/control-plane";
import { ControlPlane, Flawless, Worker, workerFromEnvironment } from "@flawless-ts/sdk";
import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { expect, test } from "vitest";
import { Http3Peer } from "./testing/http3-peer.ts";
import { TicketedCluster } from "./testing/ticketed-cluster.ts";

const add = (): { module: string; version: string; workflow: string; input: unknown } => ({
  module: "conformance",
  version: "1.0.0",
  workflow: "add",
  input: { a: 2, b: 3 },
});

test("a worker with only the control plane's ticket runs its jobs", async () => {
  await using cluster = await TicketedCluster.start();
  await using controlPlane = new ControlPlane({ url: cluster.ticket });
  await controlPlane.waitUntilReady();
  const id = await controlPlane.publish({ payload: { url: "https://example.com" } });
  const worker = workerFromEnvironment(
    { CONTROL_PLANE_TICKET: cluster.ticket },
    { toStart: add, idleDelayMs: 50 },
  );
  const running = worker.run();
  await expect.poll(async () => (await controlPlane.job(id))?.status).toBe("Completed");
  await worker.close();
  await running;
});

test("Flawless is reached by its own ticket, and by the control plane's", async () => {
  await using cluster = await TicketedCluster.start();
  for (const url of [cluster.flawless.ticket ?? "", cluster.ticket]) {
    await using flawless = new Flawless({ url });
    await flawless.waitUntilReady();
    await expect
      .poll(async () => (await flawless.listModules()).map(({ name }) => name))
      .toContain("conformance");
    const run = await flawless.module("conformance", "1.0.0").start("add", { a: 2, b: 3 });
    expect(await run.response()).toBe(5);
  }
});

test("if Flawless is down, a request by the control plane's ticket is refused, and may be retried", async () => {
  await using cluster = await TicketedCluster.start();
  await cluster.flawless.close();
  await using flawless = new Flawless({ url: cluster.ticket, retry: false });
  await expect(flawless.version()).rejects.toMatchObject({
    message: expect.stringMatching(/can't reach its Flawless server/),
  });
});

test("the API returns the ticket, and only the owner can read the key", async () => {
  await using cluster = await TicketedCluster.start();
  const { url } = cluster.controlPlane;
  const info = await (await fetch(`${url}/iroh/info`)).json();
  expect(info).toMatchObject({
    transport: "iroh",
    ticket: cluster.ticket,
    addresses: expect.arrayContaining([url.slice("http://".length)]),
  });
  const connected = await fetch(`${url}/iroh/connect`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ endpoint_addr: {} }),
  });
  expect(await connected.json()).toEqual(info);
  const { mode } = statSync(cluster.directory.join("control-plane", "iroh.key"));
  expect(mode & 0o777).toBe(0o600);
});

test("a control plane responds once its endpoint is open", async () => {
  using directory = new TemporaryDirectory();
  const url = "http://127.0.0.1:7030";
  const starting = startControlPlane({
    directory: directory.path,
    port: 7030,
    flawlessUrl: null,
    iroh: { advertise: ["127.0.0.1:7031"] },
  });
  const info = async (): Promise<unknown> => {
    for (;;) {
      const answer = await fetch(`${url}/iroh/info`).catch(() => undefined);
      if (answer !== undefined) return answer.json();
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const first = info();
  await using controlPlane = await starting;
  expect(await first).toMatchObject({
    transport: "iroh",
    ticket: controlPlane.ticket,
    addresses: ["127.0.0.1:7031"],
  });
});

test("tokens apply as over HTTP", async () => {
  await using cluster = await TicketedCluster.start({ tokens: ["secret"] });
  await using stranger = new ControlPlane({ url: cluster.ticket });
  await expect(stranger.stats()).rejects.toMatchObject({ code: "FLAWLESS_UNAUTHORIZED" });
  await using guest = new Flawless({ url: cluster.ticket });
  await expect(guest.listModules()).rejects.toMatchObject({ code: "FLAWLESS_UNAUTHORIZED" });
  await using known = new ControlPlane({ url: cluster.ticket, token: "secret" });
  expect(await known.stats()).toMatchObject({ pending: 0 });
  await using peer = await Http3Peer.open(cluster.ticket);
  expect((await peer.request("GET", "/queue/stats")).fields.get(":status")).toBe("401");
});

test("the rate of requests is limited by endpoint", async () => {
  await using cluster = await TicketedCluster.start({ requestsPerSecond: 1 });
  await using peer = await Http3Peer.open(cluster.ticket);
  const statuses: unknown[] = [];
  for (let count = 0; count < 12; count += 1) {
    statuses.push((await peer.request("GET", "/queue/stats")).fields.get(":status"));
  }
  expect(statuses.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => "200"));
  expect(statuses.at(-1)).toBe("429");
});

test("closing is graceful, although clients keep streams open", async () => {
  await using cluster = await TicketedCluster.start();
  await using controlPlane = new ControlPlane({ url: cluster.ticket, retry: false });
  await using flawless = new Flawless({ url: cluster.ticket, retry: false });
  await controlPlane.stats();
  await flawless.version();
  await cluster.controlPlane.close({ graceMs: 20_000 });
  await expect(controlPlane.stats({ timeoutMs: 300 })).rejects.toMatchObject({
    code: "FLAWLESS_TIMEOUT",
  });
});

test("mvm-ci's worker gets its jobs over iroh+h3: it registers, claims, reports and sends heartbeats", async () => {
  await using cluster = await TicketedCluster.start();
  await using controlPlane = new ControlPlane({ url: cluster.ticket });
  const id = await controlPlane.publish({ payload: { url: "https://example.com" } });
  await using peer = await Http3Peer.open(cluster.ticket);
  const registered = await peer.request("POST", "/api/workers/register", {
    worker_type: "wasm",
    endpoint_id: "worker-1",
    cpu_cores: 2,
    memory_mb: 1_024,
    metadata: null,
  });
  expect(registered.fields.get(":status")).toBe("201");
  const { worker_id: workerId } = JSON.parse(registered.body) as { worker_id: string };
  const query = `worker_id=${workerId}&worker_type=wasm`;
  const claimed = await peer.request("POST", `/api/queue/claim?${query}`);
  expect(claimed.fields.get(":status")).toBe("200");
  expect(JSON.parse(claimed.body)).toMatchObject({ job_id: id });
  for (const status of ["InProgress", "Completed"]) {
    const told = await peer.request("POST", `/api/queue/status/${id}`, { status });
    expect(told.fields.get(":status")).toBe("200");
  }
  const beat = await peer.request("POST", `/api/workers/${workerId}/heartbeat`, {
    active_jobs: 0,
  });
  expect(beat.fields.get(":status")).toBe("200");
  expect((await controlPlane.job(id))?.status).toBe("Completed");
  const none = await peer.request("POST", `/api/queue/claim?${query}`);
  expect(none.fields.get(":status")).toBe("204");
});

test("a control plane with a ticket for Flawless passes it to its workers", async () => {
  await using cluster = await TicketedCluster.start();
  await using other = await startControlPlane({
    directory: cluster.directory.join("other"),
    port: 0,
    flawlessUrl: cluster.flawless.ticket,
    modules: [],
  });
  await using controlPlane = new ControlPlane({ url: other.url });
  const [node] = await controlPlane.nodes();
  expect(node?.flawlessUrl).toBe(cluster.flawless.ticket);
  await controlPlane.waitUntilReady();
});

test("a custom worker accepts clients with tickets", async () => {
  await using cluster = await TicketedCluster.start();
  await using controlPlane = new ControlPlane({ url: cluster.ticket });
  await using flawless = new Flawless({ url: cluster.ticket });
  await controlPlane.waitUntilReady();
  const id = await controlPlane.publish({ payload: {} });
  await using worker = new Worker({ controlPlane, flawless, toStart: add, idleDelayMs: 50 });
  void worker.run();
  await expect.poll(async () => (await controlPlane.job(id))?.status).toBe("Completed");
});
