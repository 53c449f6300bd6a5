import { describeUnless } from "@flawless-ts/test-helpers";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { missingForPostgres } from "@flawless-ts/test-helpers/postgres";
import { expect, test } from "vitest";
import { HeldSite } from "../testing/held-site.ts";
import { TestCluster, type TestClusterOptions } from "../testing/test-cluster.ts";
import { isSettled } from "../testing/until.ts";
import { fromPublicId } from "../workflow/workflow-id.ts";

/** However slow the machine is, it is not over before the test releases its requests. */
const options: TestClusterOptions = { handOverGraceMs: 600_000 };
const soon = { timeout: 60_000 };
const partitions = 6;

/** Starts a workflow with one request that may be sent only once. */
async function sends(cluster: TestCluster, node: number, url: string): Promise<string> {
  const module = cluster.client(node).module("conformance", "1.0.0");
  const { id } = await module.start("http", { method: "POST", url, body: "" } as never);
  return id;
}

async function owners(cluster: TestCluster, node: number): Promise<readonly (string | null)[]> {
  const { partitions: all } = await cluster.view(node);
  return [...new Set(all.map(({ owner }) => owner))];
}

describeUnless(missingForPostgres(), "a node that is stopped", () => {
  test("hands its partitions over at once, and the outcomes of its requests when they come", async () => {
    await using cluster = await TestCluster.start(2, options);
    await using site = await HeldSite.open();
    await cluster.deploy();
    const held = await Promise.all(
      Array.from({ length: 12 }, (_, n) => sends(cluster, 0, `${site.url}/held/${n}`)),
    );
    await expect.poll(() => site.held, soon).toBe(12);
    const closed = cluster.nodes[0]?.close() ?? Promise.resolve();
    await expect.poll(() => owners(cluster, 1), soon).toEqual(["node-1"]);

    // In all partitions, workflows send such requests while the others still wait.
    const others = await Promise.all(
      Array.from({ length: 2 * partitions }, (_, n) => sends(cluster, 1, `${site.url}/now/${n}`)),
    );
    const client = cluster.client(1);
    for (const id of others) {
      expect(await client.workflow(id).response()).toMatchObject({ ok: { body: "at once" } });
    }
    const numbersOf = (ids: readonly string[]): Set<number> =>
      new Set(ids.map((id) => (fromPublicId(id) ?? 0) % partitions));
    expect(numbersOf(others).size).toBe(partitions);
    for (const id of held) {
      expect(await client.workflow(id).info()).toMatchObject({
        status: "running",
        waiting: { on: "http" },
      });
    }
    expect(await isSettled(closed)).toBe(false);
    site.release("in the end");
    for (const id of held) {
      expect(await client.workflow(id).response()).toMatchObject({ ok: { body: "in the end" } });
    }
    await closed;
    expect(new Set(site.paths).size).toBe(site.paths.length);
    await expect.poll(() => cluster.query("SELECT id FROM SCHEMA.errands"), soon).toEqual([]);
  });

  test("leaves the outcomes to whoever starts next, also if no other node was there, encrypted if need be", async () => {
    const secretsKey = new Uint8Array(32).fill(1);
    const secrets = { token: "sesame" };
    await using cluster = await TestCluster.start(1, { ...options, secretsKey, secrets });
    await using site = await HeldSite.open();
    const module = await cluster.client().deploy(fixtureBytes("extensions"));
    const config = { idempotent: false, timeout: { secs: 900, nanos: 0 } };
    const request = { config: { ...config, response_body_limit: 1_000 }, method: "POST" };
    const { id } = await module.start("script", [
      { call: { GetSecret: "token" } },
      {
        ask: [
          "run",
          {
            kind: "http",
            request: { ...request, url: `${site.url}/held`, headers: [], body: "" },
          },
        ],
      },
    ] as never);
    await expect.poll(() => site.held, soon).toBe(1);
    const closed = cluster.nodes[0]?.close() ?? Promise.resolve();
    await expect
      .poll(
        () => cluster.query("SELECT owner FROM SCHEMA.partitions WHERE owner IS NOT NULL"),
        soon,
      )
      .toEqual([]);
    site.release("open, sesame");
    await closed;
    const rows = await cluster.query("SELECT answer FROM SCHEMA.errands");
    expect(rows).toEqual([{ answer: expect.stringMatching(/^sealed:/) as string }]);

    await cluster.add();
    const response = await cluster.client(1).workflow(id).response();
    expect(JSON.stringify(response)).toContain(Buffer.from("open, sesame").toString("base64"));
    expect(site.paths).toEqual(["/held"]);
    const journal = await cluster.query("SELECT lines FROM SCHEMA.journal");
    expect(JSON.stringify(journal)).not.toContain("sesame");
  });

  test("passes outcomes on through a node that is stopped right after it", async () => {
    await using cluster = await TestCluster.start(3, options);
    await using site = await HeldSite.open();
    await cluster.deploy();
    const ids = await Promise.all(
      Array.from({ length: 6 }, (_, n) => sends(cluster, 0, `${site.url}/held/${n}`)),
    );
    await expect.poll(() => site.held, soon).toBe(6);
    const first = cluster.nodes[0]?.close();
    await expect.poll(async () => (await owners(cluster, 2)).includes("node-0"), soon).toBe(false);
    const second = cluster.nodes[1]?.close();
    await expect.poll(() => owners(cluster, 2), soon).toEqual(["node-2"]);
    site.release("in the end");
    for (const id of ids) {
      const response = await cluster.client(2).workflow(id).response();
      expect(response).toMatchObject({ ok: { body: "in the end" } });
    }
    await Promise.all([first, second]);
    expect(site.paths).toHaveLength(6);
  });
});

describeUnless(missingForPostgres(), "a node that gives partitions to a new one", () => {
  test("passes on the outcomes of its requests", async () => {
    await using cluster = await TestCluster.start(1, options);
    await using site = await HeldSite.open();
    await cluster.deploy();
    const ids = await Promise.all(
      Array.from({ length: 12 }, (_, n) => sends(cluster, 0, `${site.url}/held/${n}`)),
    );
    await expect.poll(() => site.held, soon).toBe(12);
    await cluster.add();
    await cluster.balanced();
    site.release("in the end");
    for (const id of ids) {
      const response = await cluster.client().workflow(id).response();
      expect(response).toMatchObject({ ok: { body: "in the end" } });
    }
    expect(site.paths).toHaveLength(12);
  });
});
