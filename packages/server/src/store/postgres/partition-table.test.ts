import { describeUnless } from "@flawless-ts/test-helpers";
import { missingForPostgres, testSchema } from "@flawless-ts/test-helpers/postgres";
import { expect, test } from "vitest";
import { TestPartitions } from "../../testing/postgres-partition.ts";
import { PostgresDatabase } from "./postgres-database.ts";
import { prepareCluster } from "./prepare-cluster.ts";

const leaseMs = 60_000;

async function runOut({ database }: TestPartitions): Promise<void> {
  await database.query(
    `UPDATE ${database.schema}.partitions SET expires_at = now() - interval '1 second'`,
  );
}

describeUnless(missingForPostgres(), "the table of partitions", () => {
  test("reads the database's time", async () => {
    await using partitions = await TestPartitions.open(1);
    const before = await partitions.table.now();
    const [row] = await partitions.database.query("SELECT extract(epoch FROM now()) * 1000 AS now");

    expect(Number(row?.["now"])).toBeGreaterThanOrEqual(before);
    expect(before).toBeGreaterThan(Date.UTC(2026, 0));
  });

  test("gives a partition to only one of many that claim it at once", async () => {
    await using partitions = await TestPartitions.open(4);
    const claims = await Promise.all(
      ["a", "b", "c", "d", "e"].map((node) => partitions.table.claim(2, node, leaseMs)),
    );

    expect(claims.filter((claimed) => claimed !== undefined)).toEqual([{ partition: 2, epoch: 1 }]);
    const rows = await partitions.table.partitions();
    expect(rows.map(({ partition }) => partition)).toEqual([0, 1, 2, 3]);
    expect(rows[2]?.leaseMs).toBeGreaterThan(leaseMs / 2);
    expect(rows[3]).toMatchObject({ owner: null, epoch: 0, leaseMs: null });
  });

  test("gives it to another node only when the lease has expired, under a higher epoch", async () => {
    await using partitions = await TestPartitions.open();
    const first = await partitions.claim(0, "a");
    expect(await partitions.table.claim(0, "b", leaseMs)).toBeUndefined();
    await runOut(partitions);
    const second = await partitions.table.claim(0, "b", leaseMs);

    expect(second).toEqual({ partition: 0, epoch: first.epoch + 1 });
    expect(await partitions.table.renew("a", [first], leaseMs)).toEqual([]);
  });

  test("renews expired leases if nobody has claimed the partitions", async () => {
    await using partitions = await TestPartitions.open(2);
    const claimed = [await partitions.claim(0, "a"), await partitions.claim(1, "a")];
    await runOut(partitions);
    await partitions.table.claim(1, "b", leaseMs);

    expect(await partitions.table.renew("a", claimed, leaseMs)).toEqual([0]);
    expect((await partitions.table.partitions())[0]?.leaseMs).toBeGreaterThan(0);
  });

  test("gives released partitions to the first node that asks", async () => {
    await using partitions = await TestPartitions.open();
    const claimed = await partitions.claim(0, "a");
    const store = await partitions.opened(claimed);
    await partitions.table.release("a", [claimed]);

    await expect(store.commit([])).rejects.toThrow("another owner");
    expect(await partitions.table.claim(0, "b", leaseMs)).toBeDefined();
    await partitions.table.release("a", [claimed]);
    expect(await partitions.table.partitions()).toMatchObject([{ owner: "b" }]);
  });

  test("knows nodes, and when they were last heard from, by the database's clock", async () => {
    await using partitions = await TestPartitions.open();
    const { table, database } = partitions;
    await table.heartbeat({ id: "b", url: "http://b" });
    await table.heartbeat({ id: "a", url: "http://a" });
    await table.heartbeat({ id: "b", url: "http://moved" });
    await database.query(
      `UPDATE ${database.schema}.nodes SET heartbeat_at = now() - interval '1 hour'`,
    );
    await table.renew("a", [], leaseMs);
    const [a, b] = await table.nodes();

    expect(a).toMatchObject({ id: "a", url: "http://a" });
    expect(a?.silentMs).toBeLessThan(1_800_000);
    expect(b).toMatchObject({ id: "b", url: "http://moved" });
    expect(b?.silentMs).toBeGreaterThanOrEqual(3_600_000);
    await table.removeNode("b");
    expect(await table.nodes()).toHaveLength(1);
  });
});

describeUnless(missingForPostgres(), "the tables of a cluster", () => {
  test("are created once, even if several nodes start at once", async () => {
    const where = await testSchema();
    const nodes = await Promise.all(Array.from({ length: 4 }, () => PostgresDatabase.open(where)));
    const prepared = await Promise.all(nodes.map((node) => prepareCluster([node])));
    const [row] = (await nodes[0]?.query(
      `SELECT count(*) AS n FROM "${where.schema}".partitions`,
    )) ?? [{}];
    await Promise.all(nodes.map((node) => node.close()));

    expect(prepared).toEqual(Array.from({ length: 4 }, () => ({ partitions: 32 })));
    expect(row?.["n"]).toBe(32);
  });

  test("are refused if they are newer than the program, or contradict the settings", async () => {
    await using partitions = await TestPartitions.open(4);
    const { database } = partitions;
    const prepare = (settings: Parameters<typeof prepareCluster>[1]): Promise<unknown> =>
      prepareCluster([database], settings);

    expect(await prepare({})).toEqual({ partitions: 4 });
    await expect(prepare({ partitions: 5 })).rejects.toMatchObject({
      code: "INVALID_REQUEST",
      message: expect.stringContaining("has 4 partitions, which can't be changed to 5"),
    });
    await expect(prepare({ partitions: 0 })).rejects.toThrow("Expected 1 to 4096 partitions");
    await prepare({ keyCheck: "first" });
    await prepare({ keyCheck: "first" });
    await expect(prepare({ keyCheck: "second" })).rejects.toThrow("The key for secrets");
    await database.query(`UPDATE ${database.schema}.schema_version SET version = 99`);
    await expect(prepare({})).rejects.toMatchObject({
      code: "JOURNAL_UNAVAILABLE",
      message: expect.stringContaining("have version 99, and this program knows"),
    });
  });

  test("are divided among several databases, which must be given in order", async () => {
    const schemas = [await testSchema(), await testSchema()];
    const databases = await Promise.all(schemas.map((where) => PostgresDatabase.open(where)));
    await prepareCluster(databases, { partitions: 5 });
    const numbers = await Promise.all(
      databases.map(async (database) => {
        const rows = await database.query(
          `SELECT partition FROM ${database.schema}.partitions ORDER BY partition`,
        );
        return rows.map((row) => row["partition"]);
      }),
    );

    expect(numbers).toEqual([
      [0, 2, 4],
      [1, 3],
    ]);
    await expect(prepareCluster(databases.toReversed())).rejects.toThrow("is database 1 of 2");
    await expect(prepareCluster(databases.slice(0, 1))).rejects.toThrow("not 0 of 1");
    await Promise.all(databases.map((database) => database.close()));
  });

  test("an unreachable database is named without its password", async () => {
    const database = await PostgresDatabase.open({
      url: "postgres://me:s3cret@127.0.0.1:1/db?password=s3cret",
    });
    const failure = await prepareCluster([database]).catch((error: unknown) => error as Error);
    await database.close();

    expect(failure).toMatchObject({
      code: "JOURNAL_UNAVAILABLE",
      message: expect.stringMatching(
        /^Can't use postgres:\/\/me@127\.0\.0\.1:1\/db: .*ECONNREFUSED/,
      ),
    });
    expect(String(failure)).not.toContain("s3cret");
  });
});
