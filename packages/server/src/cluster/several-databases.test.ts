import { randomUUID } from "node:crypto";
import type { ServerHealth } from "@flawless-ts/sdk";
import { describeUnless } from "@flawless-ts/test-helpers";
import { missingForPostgres, PostgresProxy, testSchema } from "@flawless-ts/test-helpers/postgres";
import { expect, test } from "vitest";
import { PostgresDatabase } from "../store/postgres/index.ts";
import { TestCluster } from "../testing/test-cluster.ts";
import { fromPublicId } from "../workflow/workflow-id.ts";

function partitionOf(id: string): number {
  return (fromPublicId(id) ?? 0) % 6;
}

function byNumber(one: string, other: string): number {
  return (fromPublicId(one) ?? 0) - (fromPublicId(other) ?? 0);
}

describeUnless(missingForPostgres(), "nodes on several databases", () => {
  test("store modules in all of them, and each workflow in one", async () => {
    const urls = await twoDatabases();
    await using cluster = await TestCluster.start(2, { urls });
    const module = await cluster.deploy(0);
    const there = cluster.client(1).module("conformance", "1.0.0");
    const started = await Promise.all(
      Array.from({ length: 12 }, (_, n) => (n % 2 === 0 ? module : there).start("receive", null)),
    );
    const ids = started.map(({ id }) => id);
    const listed: string[] = [];
    for await (const { id } of cluster.client(1).workflows()) {
      listed.push(id);
    }
    expect(listed).toEqual(ids.toSorted(byNumber).toReversed());
    expect(new Set(ids.map((id) => partitionOf(id) % 2))).toEqual(new Set([0, 1]));
    await cluster.client(1).cancelWorkflows({ workflow: "receive" });
    const second = await PostgresDatabase.open({ url: urls[1], schema: cluster.schema.schema });
    const [rows] = await second.query(
      `SELECT count(*) AS workflows, (SELECT count(*) FROM ${second.schema}.modules) AS modules FROM ${second.schema}.workflows`,
    );
    await second.close();
    expect(rows).toEqual({
      workflows: ids.filter((id) => partitionOf(id) % 2 === 1).length,
      modules: 1,
    });
  });

  test("continue with the workflows of one while the other is unavailable, and report it", async () => {
    const [first, second] = await twoDatabases();
    await using proxy = await PostgresProxy.start(second);
    await using cluster = await TestCluster.start(1, { urls: [first, proxy.url] });
    const module = await cluster.deploy();
    const ids: string[] = [];
    while (new Set(ids.map((id) => partitionOf(id) % 2)).size < 2) {
      ids.push((await module.start("receive", null)).id);
    }
    const client = cluster.client();
    expect(await client.health()).toMatchObject({ status: "ok", running: ids.length });
    proxy.cut();
    const health = (): Promise<ServerHealth> => client.health();
    await expect.poll(health, { timeout: 20_000 }).toMatchObject({
      status: "ok",
      reason: expect.stringMatching(/^Nothing can be done in 1 of 2 databases: Leases can't be/),
    });
    // Until its lease is over, the node may try a partition that it can't write to.
    await expect
      .poll(async () => (await cluster.view()).databases[1]?.failure, { timeout: 20_000 })
      .not.toBeNull();
    await expect
      .poll(() => metricOf(cluster, "flawless_partitions_owned"), { timeout: 20_000 })
      .toBe("3");
    const [here, away] = [0, 1].map((index) => ids.find((id) => partitionOf(id) % 2 === index));
    for (let number = 0; number < 4; number += 1) {
      const { id } = await module.start("receive", null);
      expect(partitionOf(id) % 2).toBe(0);
    }
    await client.workflow(here ?? "").send("approve", { by: "me" });
    expect(await client.workflow(here ?? "").completion()).toMatchObject({ status: "completed" });
    await expect(client.workflow(away ?? "").info()).rejects.toMatchObject({
      serverCode: "JOURNAL_UNAVAILABLE",
    });

    proxy.open();
    await expect.poll(health, { timeout: 20_000 }).toMatchObject({ status: "ok", reason: null });
    await cluster.balanced();
    await client.workflow(away ?? "").send("approve", { by: "me" });
    expect(await client.workflow(away ?? "").completion()).toMatchObject({ status: "completed" });
  });
});

async function metricOf(cluster: TestCluster, name: string): Promise<string | undefined> {
  const text = await (await fetch(`${cluster.nodes[0]?.url}/metrics`)).text();
  return new RegExp(`^${name} (.*)$`, "m").exec(text)?.[1];
}

/** Their URLs. */
async function twoDatabases(): Promise<readonly [string, string]> {
  const { url } = await testSchema();
  const other = new URL(url);
  other.pathname = `/other_${randomUUID().replaceAll("-", "")}`;
  const database = await PostgresDatabase.open({ url });
  await database.query(`CREATE DATABASE ${other.pathname.slice(1)}`);
  await database.close();
  return [url, other.href];
}
