import { randomBytes } from "node:crypto";
import { describeUnless } from "@flawless-ts/test-helpers";
import {
  missingForPostgres,
  type TestSchema,
  testSchema,
} from "@flawless-ts/test-helpers/postgres";
import { ControlPlane } from "@flawless-ts/sdk";
import { Client } from "pg";
import { expect, onTestFinished, test, vi } from "vitest";
import { startControlPlane } from "../../control-plane.ts";
import type { ControlPlaneServerOptions } from "../../control-plane-options.ts";
import type { ControlPlaneServer } from "../../running-node.ts";

const topic = "ab".repeat(32);

/** Starts nodes on one schema, each with a client. */
async function startNodes(
  count: number,
  options: Partial<ControlPlaneServerOptions> = {},
): Promise<{
  address: TestSchema;
  nodes: readonly ControlPlaneServer[];
  clients: readonly ControlPlane[];
}> {
  const address = await testSchema();
  const nodes: ControlPlaneServer[] = [];
  for (let number = 1; number <= count; number += 1) {
    nodes.push(await startNode(address, `node-${number}`, options));
  }
  const clients = nodes.map(({ url }) => {
    const client = new ControlPlane({ url, form: "second" });
    onTestFinished(async () => await client.close());
    return client;
  });
  return { address, nodes, clients };
}

async function startNode(
  address: TestSchema,
  nodeId: string,
  options: Partial<ControlPlaneServerOptions> = {},
): Promise<ControlPlaneServer> {
  const node = await startControlPlane({
    store: { postgres: address },
    nodeId,
    port: 0,
    flawlessUrl: null,
    ...options,
  });
  onTestFinished(async () => await node.close());
  return node;
}

async function json(url: string): Promise<unknown> {
  return await (await fetch(url)).json();
}

describeUnless(missingForPostgres(), "control planes on one PostgreSQL", () => {
  test("share one queue, and hand out each job once, at any node", async () => {
    const { clients } = await startNodes(3);
    const at = (index: number): ControlPlane => clients[index % clients.length] as ControlPlane;
    const ids = Array.from({ length: 60 }, (_, index) => `job-${index}`);
    await Promise.all(ids.map((id, index) => at(index).publish({ id, payload: { index } })));
    const claimed = await Promise.all(
      Array.from({ length: 90 }, async (_, index) => await at(index).claim()),
    );
    // A job that another node had just locked was skipped, so some may be left.
    for (;;) {
      const job = await at(claimed.length).claim();
      if (job === null) break;
      claimed.push(job);
    }
    const got = claimed.flatMap((job) => (job === null ? [] : [job.id]));

    expect(got.toSorted()).toEqual(ids.toSorted());
    await Promise.all(ids.map((id, index) => at(index).setStatus(id, "Completed")));
    expect(await at(1).stats()).toMatchObject({ pending: 0, claimed: 0, completed: 60 });
  });

  test("accept an id from only one of several concurrent publishers", async () => {
    const { clients } = await startNodes(2);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) =>
        (clients[index % 2] as ControlPlane).publish({ id: "same", payload: { index: index % 2 } }),
      ),
    );
    const refused = outcomes.filter(({ status }) => status === "rejected");

    expect(refused).toHaveLength(10);
    expect(refused[0]).toMatchObject({ reason: { serverCode: "JOB_CONFLICT" } });
    expect(await clients[0]?.list()).toHaveLength(1);
  });

  test("assign each job number only once", async () => {
    const { clients } = await startNodes(3);
    const ids = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        (clients[index % 3] as ControlPlane).publish({ payload: { url: `http://site/${index}` } }),
      ),
    );
    expect(new Set(ids).size).toBe(30);
  });

  test("know workers that change nodes", async () => {
    const { clients } = await startNodes(2);
    const [one, two] = clients as [ControlPlane, ControlPlane];
    await one.publish({ id: "a", payload: {} });
    const worker = await one.workers.register({ name: "w", type: "wasm" });
    expect(await two.claim({ workerId: worker })).toMatchObject({ id: "a" });
    await two.workers.heartbeat(worker, 1);
    expect(await one.workers.get(worker)).toMatchObject({ activeJobs: 1 });
    await one.workers.drain(worker);
    expect(await two.job("a")).toMatchObject({ status: "Pending" });
    expect(await two.claim({ workerId: worker })).toBeNull();
  });

  test("deliver gossip to the subscribers of every node, in the same order", async () => {
    const { clients } = await startNodes(3);
    const heard = clients.map(async (client) => {
      const messages: string[] = [];
      for await (const { data } of client.gossip.subscribe(topic)) {
        if (data === "begin") continue;
        messages.push(data);
        if (messages.length === 30) break;
      }
      return messages;
    });
    // Until all of them are subscribed.
    await expect
      .poll(async () => {
        const counts = await Promise.all(
          clients.map(async ({ url }) => {
            const response = await fetch(`${url}/api/iroh/gossip/broadcast`, {
              method: "POST",
              headers: { "content-type": "application/json" },
              body: JSON.stringify({ topic_id: topic, message: "begin" }),
            });
            return ((await response.json()) as { subscribers: number }).subscribers;
          }),
        );
        return counts;
      })
      .toEqual([1, 1, 1]);
    const large = "\0ü".repeat(10_000);
    await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        (clients[index % 3] as ControlPlane).gossip.broadcast(topic, `${index} ${large}`),
      ),
    );
    const [first, ...others] = await Promise.all(heard);

    expect(new Set(first).size).toBe(30);
    for (const other of others) expect(other).toEqual(first);
  });

  test("store a blob of 20 MiB in pieces, which every node can read", async () => {
    const { address, clients } = await startNodes(2);
    const [one, two] = clients as [ControlPlane, ControlPlane];
    const blob = randomBytes(20 * 1024 * 1024 + 1);
    const hash = await one.blobs.store(blob);
    expect(await two.blobs.store(blob)).toBe(hash);
    expect(Buffer.compare(await two.blobs.get(hash), blob)).toBe(0);
    const empty = await two.blobs.store(Buffer.alloc(0));
    expect(await one.blobs.get(empty)).toHaveLength(0);
    await expect(one.blobs.get("0".repeat(64))).rejects.toMatchObject({
      serverCode: "BLOB_NOT_FOUND",
    });

    const pieces = await ask(address, "SELECT count(DISTINCT upload) AS uploads FROM blob_pieces");
    const arriving = await ask(address, "SELECT count(*) AS uploads FROM blob_uploads");
    expect([pieces, arriving]).toEqual([[{ uploads: "1" }], [{ uploads: "0" }]]);
  });

  test("delete the pieces of a blob that is too large or incomplete", async () => {
    const { address, nodes, clients } = await startNodes(1, {
      apiLimits: { blobBytes: 1024 * 1024 },
    });
    async function* large(): AsyncGenerator<Uint8Array> {
      for (let piece = 0; piece < 3; piece += 1) yield Buffer.alloc(512 * 1024);
    }
    await expect(clients[0]?.blobs.store(large())).rejects.toThrow();
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.alloc(600 * 1024);
      throw new Error("changed my mind");
    }
    await expect(clients[0]?.blobs.store(broken())).rejects.toThrow();
    expect(nodes).toHaveLength(1);
    await expect
      .poll(async () => await ask(address, "SELECT count(*) AS pieces FROM blob_pieces"))
      .toEqual([{ pieces: "0" }]);
  });

  test("report each other, and the database", async () => {
    const { address, nodes, clients } = await startNodes(2);
    const third = await startNode(address, "node-3");
    for (const client of clients) {
      await expect
        .poll(async () => (await client.nodes()).map(({ id }) => id))
        .toEqual(["node-1", "node-2", "node-3"]);
    }
    const health = `${nodes[0]?.url}/hiqlite/health`;
    const well = { is_healthy: true, has_leader: true, store: "postgres" };
    expect(await json(health)).toEqual({ ...well, node_count: 3 });
    await third.close();
    await expect.poll(async () => await json(health)).toEqual({ ...well, node_count: 2 });
    expect(await json(`${nodes[0]?.url}/health`)).toMatchObject({
      store: { kind: "postgres", status: "ok" },
    });
  });

  test("have unique names", async () => {
    const { address } = await startNodes(1);
    // A node waits some seconds for its name to become free: here they pass immediately.
    let now = 0;
    const clock = vi.spyOn(performance, "now").mockImplementation(() => (now += 1_000));
    onTestFinished(() => clock.mockRestore());
    await expect(startNode(address, "node-1")).rejects.toMatchObject({ code: "NODE_CONFLICT" });
  });

  test("refuse tables from a newer program, and change nothing", async () => {
    const { address, nodes } = await startNodes(1);
    await nodes[0]?.close();
    await ask(address, "UPDATE version SET number = 99");
    await expect(startNode(address, "node-1")).rejects.toMatchObject({
      code: "STORE_TOO_NEW",
      message: expect.stringContaining("version 99"),
    });
    expect(await ask(address, "SELECT number FROM version")).toEqual([{ number: 99 }]);
  });

  test("create their tables once if they start at the same time", async () => {
    const address = await testSchema();
    await Promise.all([1, 2, 3].map((number) => startNode(address, `node-${number}`)));
    expect(await ask(address, "SELECT number FROM version")).toEqual([{ number: 1 }]);
  });

  test.each([
    [{ postgres: { url: "mysql://user:secret@host/db" } }, "store.postgres.url"],
    [{ postgres: { url: "postgres://host/db", schema: "" } }, "store.postgres.schema"],
    [{ postgres: { url: "postgres://host/db", shema: "x" } }, "store.postgres.shema"],
  ])("refuse %j without showing it", async (store, option) => {
    const started = startControlPlane({ store, port: 0, flawlessUrl: null });
    await expect(started).rejects.toMatchObject({ code: "FLAWLESS_INVALID_OPTION", option });
    await expect(started).rejects.not.toThrow(/secret/);
  });
});

async function ask(address: TestSchema, sql: string): Promise<readonly object[]> {
  const client = new Client({ connectionString: address.url });
  await client.connect();
  try {
    await client.query(`SET search_path TO ${address.schema}`);
    return (await client.query<object>(sql)).rows;
  } finally {
    await client.end();
  }
}
