import { describeUnless } from "@flawless-ts/test-helpers";
import { missingForPostgres, PostgresProxy, testSchema } from "@flawless-ts/test-helpers/postgres";
import { expect, test } from "vitest";
import { TestPartitions } from "../../testing/postgres-partition.ts";
import { TestEngine } from "../../testing/test-engine.ts";
import { isSettled, until } from "../../testing/until.ts";
import { PostgresDatabase } from "./postgres-database.ts";
import { prepareCluster } from "./prepare-cluster.ts";

describeUnless(missingForPostgres(), "while its database is away", () => {
  test("an engine accepts nothing, loses nothing, and continues by itself", async () => {
    const where = await testSchema();
    await using proxy = await PostgresProxy.start(where.url);
    await using direct = await TestPartitions.open(1, where);
    await using proxied = new TestPartitions(
      await PostgresDatabase.open({ ...where, url: proxy.url }),
      direct.count,
    );
    await using engine = await TestEngine.open({ openStore: () => proxied.store() });
    const count = async (): Promise<unknown> => {
      const sql = `SELECT count(*) AS n FROM ${direct.database.schema}.workflows`;
      return (await direct.database.query(sql))[0]?.["n"];
    };
    await engine.run("add", { a: 1, b: 2 });
    proxy.cut();
    const started = engine.run("add", { a: 3, b: 4 });
    await until(() => engine.engine.health().status === "degraded");

    expect(await isSettled(started)).toBe(false);
    expect(await count()).toBe(1);
    proxy.open();
    expect(await started).toBe(7);
    expect(await count()).toBe(2);
    expect(engine.engine.health()).toMatchObject({ status: "ok", reason: null });
  });

  test("a cluster's tables can't be created, but are once it is back", async () => {
    const where = await testSchema();
    await using proxy = await PostgresProxy.start(where.url);
    proxy.cut();
    const database = await PostgresDatabase.open({ ...where, url: proxy.url });
    await expect(prepareCluster([database])).rejects.toMatchObject({ code: "JOURNAL_UNAVAILABLE" });
    proxy.open();
    expect(await prepareCluster([database])).toEqual({ partitions: 32 });
    await database.close();
  });
});
