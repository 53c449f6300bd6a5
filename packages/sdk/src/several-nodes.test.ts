import { describe, expect, onTestFinished, test } from "vitest";
import { ControlPlane } from "./control-plane/control-plane.ts";
import { Flawless } from "./flawless.ts";
import type { FlawlessOptions } from "./options/flawless-options.ts";
import { FakeServer, unusedUrl, type FakeRoutes } from "./testing/fake-server.ts";
import { completedWorkflow, goodHealth } from "./testing/server-answers.ts";

const started = { status: 202, json: { ok: { id: "wkf_1", response: null } } };
const undone = {
  status: 503,
  headers: { "retry-after": "1", "flawless-error-code": "CLOSED" },
  json: { error: "shutting down" },
};
const starts = "POST /api/workflow/start";
const routes: FakeRoutes = { ...goodHealth, "GET /version": { text: "0.1.0" }, [starts]: started };

async function startNode(more: FakeRoutes = {}): Promise<FakeServer> {
  const node = await FakeServer.start({ ...routes, ...more });
  onTestFinished(async () => await node[Symbol.asyncDispose]());
  return node;
}

function clientOf(
  nodes: readonly (FakeServer | string)[],
  options: Partial<FlawlessOptions> = {},
): Flawless {
  const url = nodes.map((node) => (typeof node === "string" ? node : node.url));
  const client = new Flawless({ url, sleep: async () => undefined, ...options });
  onTestFinished(async () => await client.close());
  return client;
}

describe("a client of several nodes", () => {
  test("tries the next one if nothing listens, and stays with it", async () => {
    const [refuses, one, two] = [await unusedUrl(), await startNode(), await startNode()];
    const client = clientOf([refuses, one, two]);
    expect(client.url).toBe(refuses);
    await client.version();
    await client.version();
    expect(client.url).toBe(one.url);
    expect([one.requests.length, two.requests.length]).toEqual([2, 0]);
  });

  test("tries the next one if a node closes its connection, as before a stop", async () => {
    const leaving = { text: "0.1.0", headers: { connection: "close" } };
    const [one, two] = [await startNode({ "GET /version": leaving }), await startNode()];
    const client = clientOf([one, two]);
    expect([await client.version(), await client.version()]).toEqual(["0.1.0", "0.1.0"]);
    expect([one.requests.length, two.requests.length]).toEqual([1, 1]);
  });

  test("comes back to the first one when the others have failed", async () => {
    const first = await startNode({ "GET /version": ["hang up", { text: "first" }] });
    const second = await startNode({ "GET /version": [{ text: "second" }, "hang up"] });
    const client = clientOf([first, second]);
    expect([await client.version(), await client.version()]).toEqual(["second", "first"]);
  });

  test.each([["hang up"], ["break off"], [undone], [{ status: 502, text: "" }]] as const)(
    "asks a question at the next one after %j, without a pause",
    async (answer) => {
      const [one, two] = [await startNode({ "GET /version": answer }), await startNode()];
      const client = clientOf([one, two], { sleep: () => Promise.reject(new Error("paused")) });
      expect(await client.version()).toBe("0.1.0");
    },
  );

  test("pauses once all of them have failed", async () => {
    const pauses: number[] = [];
    const node = { "GET /version": [undone, { text: "0.1.0" }] };
    const client = clientOf([await startNode(node), await startNode(node), await unusedUrl()], {
      sleep: async (milliseconds) => void pauses.push(milliseconds),
    });
    await client.version();
    expect(pauses).toEqual([1000]);
  });

  test("skips a host with an unknown name, and a node with an invalid certificate", async () => {
    const node = await startNode();
    const client = clientOf([
      "http://no-such-host.invalid",
      node.url.replace("http", "https"),
      node,
    ]);
    const module = client.module("shop", "1.0.0");
    expect((await module.start("checkout", {})).id).toBe("wkf_1");
  });

  test("starts its next call elsewhere if a node let the call time out", async () => {
    const [silent, well] = [await startNode({ "GET /version": "stay silent" }), await startNode()];
    const client = clientOf([silent, well]);
    await expect(client.version({ timeoutMs: 30 })).rejects.toMatchObject({
      code: "FLAWLESS_TIMEOUT",
      message: expect.stringContaining(`${silent.url}, ${well.url}`),
    });
    expect(await client.version({ timeoutMs: 5000 })).toBe("0.1.0");
  });

  test("reports all that it tried if none responds", async () => {
    const urls = [await unusedUrl(), await unusedUrl()];
    const failure = await clientOf(urls, { retry: { attempts: 2 } })
      .version()
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: "FLAWLESS_CONNECTION_FAILED",
      attempts: 4,
      maybeSent: false,
      urls: urls.map((url) => `${url}/version`),
    });
    for (const url of urls) expect(String(failure)).toContain(`${url}: connect ECONNREFUSED`);
  });

  test("says that a request may have arrived, whichever node it was", async () => {
    const cut = await startNode({ "GET /version": "hang up" });
    const client = clientOf([cut, await unusedUrl()], { retry: false });
    await expect(client.version()).rejects.toMatchObject({
      maybeSent: true,
      url: `${cut.url}/version`,
    });
  });

  test("is healthy if one node is", async () => {
    const ill = { status: 503, json: { status: "degraded", reason: "no database" } };
    const client = clientOf([await startNode({ "GET /health": ill }), await startNode()]);
    expect((await client.health()).status).toBe("ok");
  });
});

describe("a start at several nodes", () => {
  const start = async (client: Flawless, idempotencyKey?: string): Promise<string> =>
    (await client.module("shop", "1.0.0").start("checkout", {}, { idempotencyKey })).id;

  test.each([["hang up"], ["break off"], [{ status: 503, text: "a proxy's" }]] as const)(
    "without a key is never sent again after %j",
    async (answer) => {
      const [one, two] = [await startNode({ [starts]: answer }), await startNode()];
      await expect(start(clientOf([one, two]))).rejects.toThrow();
      expect([one.seen(starts).length, two.seen(starts).length]).toEqual([1, 0]);
    },
  );

  test.each([["hang up"], ["break off"], [{ status: 503, text: "a proxy's" }]] as const)(
    "with a key is sent to the next one after %j",
    async (answer) => {
      const [one, two] = [await startNode({ [starts]: answer }), await startNode()];
      expect(await start(clientOf([one, two]), "key")).toBe("wkf_1");
      expect(two.seen(starts)).toHaveLength(1);
    },
  );

  test("without a key continues if a node says that it did nothing", async () => {
    const [one, two] = [await startNode({ [starts]: undone }), await startNode()];
    expect(await start(clientOf([one, two]))).toBe("wkf_1");
  });

  test("without a key doesn't if a journal failed, which may have happened too late", async () => {
    const headers = { ...undone.headers, "flawless-error-code": "JOURNAL_UNAVAILABLE" };
    const [one, two] = [await startNode({ [starts]: { ...undone, headers } }), await startNode()];
    await expect(start(clientOf([one, two]))).rejects.toMatchObject({ status: 503 });
    expect(two.seen(starts)).toEqual([]);
  });
});

describe("waiting at several nodes", () => {
  const waiting = "GET /api/workflows/wkf_1/wait";
  const done = { json: { ok: { ...completedWorkflow, id: "wkf_1" } } };
  const busy = Array.from({ length: 20 }, () => undone);

  test("continues through dead nodes and refusals, longer than a call is retried", async () => {
    const node = await startNode({ [waiting]: ["hang up", ...busy, done] });
    const client = clientOf([node, await unusedUrl()]);
    expect(await client.workflow("wkf_1").completion()).toEqual({ status: "completed" });
    expect(node.seen(waiting)).toHaveLength(22);
  });

  test("times out if no node comes back", async () => {
    const client = clientOf([await unusedUrl(), await unusedUrl()], {
      sleep: async (_, signal) =>
        await new Promise((_resolve, reject) => signal.addEventListener("abort", reject)),
    });
    await expect(client.workflow("wkf_1").response({ timeoutMs: 500 })).rejects.toMatchObject({
      code: "FLAWLESS_TIMEOUT",
      cause: { code: "ECONNREFUSED" },
    });
  });

  test("executes with a key by polling, so that the response is found elsewhere", async () => {
    const dies = await startNode({ [waiting]: "hang up" });
    const lives = await startNode({ [waiting]: done });
    const module = clientOf([dies, lives]).module("shop", "1.0.0");
    await module.execute("checkout", {}, { idempotencyKey: "key" });
    expect([dies.seen(starts).length, lives.seen(starts).length]).toEqual([1, 0]);
    expect(lives.seen(waiting)).toHaveLength(1);
  });
});

describe("a control plane of several nodes", () => {
  const stats = {
    json: { pending: 0, claimed: 0, in_progress: 0, completed: 0, failed: 0 },
  };
  const topic = "a".repeat(64);

  test("claims at the next one only if the first can't have assigned a job", async () => {
    const gone = await unusedUrl();
    const claim = "POST /api/queue/claim";
    const node = await startNode({ "GET /api/queue/stats": stats, [claim]: "hang up" });
    const other = await startNode({ [claim]: { status: 204, text: "" } });
    await using plane = new ControlPlane({ url: [gone, node.url, other.url], form: "second" });
    await expect(plane.claim()).rejects.toMatchObject({ maybeSent: true });
    expect(other.seen(claim)).toEqual([]);
    expect(node.seen(claim)).toHaveLength(1);
  });

  test("opens streams at the next one", async () => {
    const ill = await startNode({ [`GET /api/iroh/gossip/subscribe/${topic}`]: undone });
    const well = await startNode({
      [`GET /api/iroh/gossip/subscribe/${topic}`]: {
        headers: { "content-type": "text/event-stream" },
        chunks: ["data: hello\n\n"],
        after: "end",
      },
      "GET /api/iroh/blob/abc": { text: "bytes" },
    });
    const url = [await unusedUrl(), ill.url, well.url];
    await using plane = new ControlPlane({ url, form: "second" });
    const messages: string[] = [];
    for await (const { data } of plane.gossip.subscribe(topic)) messages.push(data);
    expect(messages).toEqual(["hello"]);
    expect(Buffer.from(await plane.blobs.get("abc")).toString()).toBe("bytes");
  });

  test("reports all if a stream can't be opened anywhere", async () => {
    const url = [await unusedUrl(), await unusedUrl()];
    await using plane = new ControlPlane({ url, form: "second" });
    await expect(plane.blobs.get("abc")).rejects.toMatchObject({
      urls: url.map((one) => `${one}/api/iroh/blob/abc`),
    });
  });
});
