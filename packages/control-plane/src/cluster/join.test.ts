import { rawRequest, TemporaryDirectory } from "@flawless-ts/test-helpers";
import { describe, expect, test } from "vitest";
import { startControlPlane } from "../control-plane.ts";
import { FakeFlawless } from "../testing/fake-flawless.ts";
import { quiet, startHolder } from "./testing/holder.ts";
import { freePort, get, post } from "./testing/requests.ts";

describe("a node that joined", () => {
  test("serves the queue of the other, under its own name", async () => {
    await using holder = await startHolder();
    await using node = await startControlPlane({ ...quiet, join: holder.url, nodeId: "node-2" });

    await post(node.url, "/queue/publish", { job_id: "a", payload: { n: 1 } });
    await post(holder.url, "/queue/publish", { job_id: "b", payload: 2 });
    const first = await post(node.url, "/queue/claim");
    const second = await post(holder.url, "/queue/claim");
    expect([first, second]).toMatchObject([
      { status: 200, body: { job_id: "a", claimed_by: "node-2" } },
      { status: 200, body: { job_id: "b", claimed_by: "node-1" } },
    ]);
    await post(holder.url, "/queue/publish", { job_id: "c", payload: 3 });
    await post(node.url, "/queue/status/c", { status: "Completed" });
    expect((await get(holder.url, "/queue/status/c")).body).toMatchObject({
      status: "Completed",
      completed_by: "node-2",
    });
    expect((await get(node.url, "/queue/list")).text).toBe(
      (await get(holder.url, "/queue/list")).text,
    );
  });

  test("passes on queries, statuses, request ids and refusals", async () => {
    await using holder = await startHolder();
    await using node = await startControlPlane({ ...quiet, join: holder.url });
    const published = await post(
      node.url,
      "/api/queue/publish",
      { url: "u" },
      { "x-request-id": "my-request" },
    );
    expect(published.headers.get("x-request-id")).toBe("my-request");
    expect((await get(holder.url, "/queue/status/job-1")).status).toBe(200);
    expect((await get(node.url, "/api/queue/list?status=Pending&limit=5")).body).toMatchObject([
      { id: "job-1", request_id: "my-request" },
    ]);
    for (const [path, code] of [
      ["/queue/status/none", "JOB_NOT_FOUND"],
      ["/queue/list?limit=0", "INVALID_REQUEST"],
      ["/nowhere", "ROUTE_NOT_FOUND"],
    ] as const) {
      const [here, there] = [await get(node.url, path), await get(holder.url, path)];
      expect([here.status, here.text]).toEqual([there.status, there.text]);
      expect(here.headers.get("flawless-error-code")).toBe(code);
    }
    expect((await get(node.url, "/queue/claim", "DELETE")).status).toBe(405);
    expect((await get(node.url, "//other.example/x")).status).toBe(400);
  });

  test("passes on blobs, whatever their size, and bodies that are too large", async () => {
    await using holder = await startHolder();
    await using node = await startControlPlane({ ...quiet, join: holder.url });
    const bytes = Buffer.alloc(3_000_000, "blob");
    const stored = await fetch(`${node.url}/iroh/blob/store`, { method: "POST", body: bytes });
    const { hash } = (await stored.json()) as { readonly hash: string };
    const read = await fetch(`${node.url}/api/iroh/blob/${hash}`);
    expect(Buffer.from(await read.arrayBuffer()).equals(bytes)).toBe(true);

    const payload = "x".repeat(2_000_000);
    const large = await post(node.url, "/queue/publish", { job_id: "a", payload });
    expect([large.status, large.headers.get("flawless-error-code")]).toEqual([
      413,
      "BODY_TOO_LARGE",
    ]);
  });

  test("passes on requests that curl and browsers send in their own ways", async () => {
    await using holder = await startHolder();
    await using node = await startControlPlane({ ...quiet, join: holder.url });
    const page = await get(node.url, "/");
    expect(page.headers.get("content-type")).toMatch(/^text\/html/);
    const form = await fetch(`${node.url}/new-job`, {
      method: "POST",
      body: new URLSearchParams({ url: "https://example.com" }),
      headers: { origin: node.url },
    });
    expect(form.status).toBe(200);
    const foreign = { origin: "https://example.com" };
    expect((await post(node.url, "/queue/claim", undefined, foreign)).status).toBe(403);
    const body = JSON.stringify({ job_id: "a", payload: 1 });
    const reply = await rawRequest(
      Number(new URL(node.url).port),
      "POST /queue/publish HTTP/1.1\r\nHost: localhost\r\nConnection: close, x-dropped\r\nX-Dropped: 1\r\n",
      `Expect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    expect(reply).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
    const asked = await rawRequest(
      Number(new URL(node.url).port),
      "GET /queue/stats HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc",
    );
    expect(asked).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });

  test("passes on event streams, and ends them when it stops", async () => {
    await using holder = await startHolder();
    const node = await startControlPlane({ ...quiet, join: holder.url });
    const topic = "ab".repeat(32);
    await post(node.url, "/iroh/gossip/join", { topic_id: topic });
    const stream = await fetch(`${node.url}/iroh/gossip/subscribe/${topic}`);
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    const readUntil = async (part: string): Promise<void> => {
      for (let read = await reader?.read(); ; read = await reader?.read()) {
        text += read?.value ?? "";
        if (read?.done !== false || text.includes(part)) {
          return;
        }
      }
    };
    await readUntil(": open");
    await post(holder.url, "/iroh/gossip/broadcast", { topic_id: topic, message: "hello" });
    await readUntil("data: hello");
    expect(text).toContain("data: hello\n\n");
    await node.close();
    // It ends in order: a connection that breaks would make this throw.
    expect(await reader?.read()).toMatchObject({ done: true });
  });

  test("tells of itself what is its own", async () => {
    await using flawless = await FakeFlawless.start();
    await using holder = await startHolder();
    await using node = await startControlPlane({
      ...quiet,
      join: `${holder.url}/`,
      nodeId: "node-2",
      flawlessUrl: flawless.url,
      advertisedUrl: "http://node-2:3020",
      advertisedFlawlessUrl: "http://node-2:27288",
    });
    await expect
      .poll(async () => (await get(node.url, "/health")).body, { timeout: 20_000 })
      .toMatchObject({
        status: "ok",
        reason: null,
        node_id: "node-2",
        holder: { url: holder.url, status: "joined", node_id: "node-1" },
        flawless: { modules: ["flawless-ts-crawler:0.1.8"] },
      });
    expect(flawless.deployed).toHaveLength(1);
    expect((await get(node.url, "/iroh/info")).body).toEqual({
      endpoint_id: "node-2",
      addresses: ["http://node-2:3020"],
      transport: "http",
    });
    const metrics = (await get(node.url, "/metrics")).text;
    expect(metrics).toContain("control_plane_holder_up 1");
    expect(metrics).toContain("control_plane_flawless_up 1");
    expect(metrics).not.toContain("control_plane_jobs");
    const nodes = {
      nodes: [
        { node_id: "node-1", url: holder.url, flawless_url: null },
        {
          node_id: "node-2",
          url: "http://node-2:3020",
          flawless_url: "http://node-2:27288",
        },
      ],
    };
    expect((await get(holder.url, "/api/nodes")).body).toEqual(nodes);
    expect((await get(node.url, "/api/nodes")).body).toEqual(nodes);
    await node.close();
    expect((await get(holder.url, "/api/nodes")).body).toEqual({ nodes: [nodes.nodes[0]] });
  });

  test("registers again where the holder has forgotten it", async () => {
    using directory = new TemporaryDirectory();
    const options = { directory: directory.path, port: await freePort() };
    const first = await startHolder(options);
    const url = first.url;
    await using _node = await startControlPlane({
      ...quiet,
      join: url,
      nodeId: "node-2",
      registerEveryMs: 20,
    });
    await first.close();
    await using second = await startHolder(options);
    await expect
      .poll(async () => (await get(second.url, "/api/nodes")).body, { timeout: 20_000 })
      .toMatchObject({ nodes: [{ node_id: "node-1" }, { node_id: "node-2" }] });
  });
});

test("a header that names no node is refused", async () => {
  await using holder = await startHolder();
  const claim = await post(holder.url, "/queue/claim", undefined, {
    "x-control-plane-node": "a b",
  });
  expect(claim.status).toBe(400);
});
