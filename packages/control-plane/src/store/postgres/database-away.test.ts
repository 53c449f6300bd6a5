import { describeUnless } from "@flawless-ts/test-helpers";
import { missingForPostgres, PostgresServer } from "@flawless-ts/test-helpers/postgres";
import { ControlPlane } from "@flawless-ts/sdk";
import { Client } from "pg";
import { expect, onTestFinished, test } from "vitest";
import { startControlPlane } from "../../control-plane.ts";

const topic = "ab".repeat(32);

describeUnless(missingForPostgres(), "a control plane whose database is away", () => {
  test("accepts nothing, loses nothing, and continues by itself when it is back", async () => {
    await using database = await PostgresServer.start({ durable: true });
    await using node = await startControlPlane({
      store: { postgres: { url: database.url } },
      nodeId: "node-1",
      port: 0,
      flawlessUrl: null,
    });
    const client = new ControlPlane({ url: node.url, form: "second", retry: false });
    onTestFinished(async () => await client.close());
    await client.publish({ id: "a", payload: { n: 1 } });
    const hash = await client.blobs.store(Buffer.from("bytes"));
    await database.kill();

    const refused = await fetch(`${node.url}/api/queue/claim`, { method: "POST" });
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "1"]);
    expect(refused.headers.get("flawless-error-code")).toBe("STORE_UNAVAILABLE");
    await expect(client.publish({ id: "b", payload: {} })).rejects.toMatchObject({
      serverCode: "STORE_UNAVAILABLE",
    });
    await expect(client.gossip.broadcast(topic, "m")).rejects.toMatchObject({
      serverCode: "STORE_UNAVAILABLE",
    });
    const health = await (await fetch(`${node.url}/hiqlite/health`)).json();
    expect(health).toEqual({
      is_healthy: false,
      has_leader: false,
      node_count: 0,
      store: "postgres",
    });
    expect((await fetch(`${node.url}/health`)).status).toBe(503);

    await database.start();
    expect(await client.claim()).toMatchObject({ id: "a", payload: { n: 1 } });
    expect(await client.claim()).toBeNull();
    expect(Buffer.from(await client.blobs.get(hash)).toString()).toBe("bytes");
    await client.publish({ id: "b", payload: {} });
    await expect
      .poll(async () => await (await fetch(`${node.url}/hiqlite/health`)).json())
      .toMatchObject({ is_healthy: true, node_count: 1 });
  }, 30_000);

  test("receives messages after their ids went back, as on a promoted standby", async () => {
    await using database = await PostgresServer.start();
    await using node = await startControlPlane({
      store: { postgres: { url: database.url } },
      port: 0,
      flawlessUrl: null,
    });
    await using client = new ControlPlane({ url: node.url, form: "second", retry: false });
    const heard: string[] = [];
    const ending = new AbortController();
    const listening = (async () => {
      for await (const { data } of client.gossip.subscribe(topic, { signal: ending.signal })) {
        heard.push(data);
      }
    })().catch(() => undefined);
    await expect
      .poll(async () => {
        await client.gossip.broadcast(topic, "before");
        return heard.length;
      })
      .toBeGreaterThan(5);

    const admin = new Client({ connectionString: database.url });
    await admin.connect();
    await admin.query("SET search_path TO flawless_control_plane");
    await admin.query("TRUNCATE gossip RESTART IDENTITY");
    await admin.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND application_name = 'flawless control-plane'",
    );
    await admin.end();
    await expect
      .poll(async () => {
        await client.gossip.broadcast(topic, "after").catch(() => undefined);
        return heard.at(-1);
      })
      .toBe("after");
    ending.abort();
    await listening;
  });
});
