import { describeUnless } from "@flawless-ts/test-helpers";
import { missingForPostgres, sharedPostgres } from "@flawless-ts/test-helpers/postgres";
import { expect, test } from "vitest";
import { keyCheckOf } from "../store/seal.ts";
import { prepareCluster } from "../store/postgres/index.ts";
import { TestPartitions } from "../testing/postgres-partition.ts";
import { runCli } from "../testing/run-cli.ts";
import { create } from "../testing/stored-workflow.ts";
import { TestEngine } from "../testing/test-engine.ts";
import { stepLine } from "../journal/journal-line.ts";
import { checkPostgres } from "./check-postgres.ts";

/** A database with a workflow that has ended, one that waits for a message, and one that continued as new. */
async function filled(): Promise<TestPartitions> {
  const partitions = await TestPartitions.open();
  await using engine = await TestEngine.open({ openStore: () => partitions.store() });
  await engine.run("add", { a: 1, b: 2 });
  await engine.launch("receive");
  await engine.engine.close();
  const store = await partitions.store();
  const [newest] = await store.list({ limit: 1 });
  const { module, version, moduleHash } = newest ?? {};
  const anew = { module, version, moduleHash, run: 2, journalStart: 3 } as const;
  await store.commit([
    create(7, anew as never),
    { kind: "append", id: 7, position: 3, lines: stepLine(0, '"GetTime"', "1") },
  ]);
  return partitions;
}

async function checked({
  database,
}: TestPartitions): Promise<Awaited<ReturnType<typeof checkPostgres>>> {
  return checkPostgres(await sharedPostgres(), { schema: database.schemaName });
}

describeUnless(missingForPostgres(), "a check of a database", () => {
  test("finds nothing in a sound database while a node runs on it", async () => {
    await using partitions = await filled();
    const report = await checked(partitions);

    expect(report).toMatchObject({
      ok: true,
      findings: [],
      repaired: [],
      copy: null,
      workflows: 3,
    });
    expect(report.steps).toBeGreaterThan(0);
  });

  test.each([
    [
      "an unknown status",
      "UPDATE SCHEMA.workflows SET status = 'odd' WHERE id = 7",
      "the unknown status",
    ],
    [
      "an input that is no JSON",
      "UPDATE SCHEMA.workflows SET input = '{' WHERE id = 7",
      "its input is no JSON",
    ],
    [
      "a workflow that never wakes",
      "UPDATE SCHEMA.workflows SET wake_at = NULL WHERE id = 7",
      "would never be woken",
    ],
    [
      "a journal with a gap",
      "UPDATE SCHEMA.journal SET position = 4 WHERE workflow = 7",
      "part 3 of its journal is missing",
    ],
    [
      "a journal that can't be read",
      "UPDATE SCHEMA.journal SET lines = 'x' WHERE workflow = 7",
      "workflow wkf_7",
    ],
    [
      "a journal of no workflow",
      "INSERT INTO SCHEMA.journal VALUES (99, 0, '')",
      "there is a journal of workflow",
    ],
    [
      "messages of no workflow",
      "INSERT INTO SCHEMA.mailbox VALUES (99, 0, '', '', 1)",
      "there is messages of workflow",
    ],
    [
      "other bytes of a module",
      "UPDATE SCHEMA.module_bytes SET bytes = 'x'",
      "are not those that were deployed",
    ],
    ["a module without bytes", "DELETE FROM SCHEMA.module_bytes", "the bytes of module"],
    [
      "a schedule that can't be read",
      "INSERT INTO SCHEMA.schedules SELECT partition, 's', '{', 'null', '{}' FROM SCHEMA.fences LIMIT 1",
      'what is kept of schedule "s" can\'t be read',
    ],
    [
      "a schedule in another partition",
      "INSERT INTO SCHEMA.schedules VALUES (9, 's', '{}', 'null', '{}')",
      "schedule s is in partition 9, where nobody looks for it",
    ],
    ["an index that is missing", "DROP INDEX SCHEMA.wakeups", "the index wakeups is missing"],
    ["a table that is missing", "DROP TABLE SCHEMA.moved_keys", "the table moved_keys is missing"],
    [
      "a workflow in another partition",
      "UPDATE SCHEMA.workflows SET partition = 1 WHERE id = 7",
      "where nobody looks for it",
    ],
  ])("finds %s", async (_what, sql, message) => {
    await using partitions = await filled();
    const { database } = partitions;
    await database.query(sql.replaceAll("SCHEMA", database.schema));
    const report = await checked(partitions);

    expect(report.ok).toBe(false);
    expect(report.findings.map(({ what }) => what)).toEqual(
      expect.arrayContaining([expect.stringContaining(message)]),
    );
    expect(report.findings.every(({ repair }) => repair === null)).toBe(true);
  });

  test("reports workflows that wait for a partition that is not running", async () => {
    await using partitions = await filled();
    const { database } = partitions;
    await database.query(
      `INSERT INTO ${database.schema}.errands (id, partition, body, answer) VALUES ('a', 1, '{}', NULL), ('b', 1, '{}', '{}')`,
    );
    const report = await checked(partitions);
    expect(report.ok).toBe(true);
    expect(report.findings).toEqual([
      expect.objectContaining({
        what: "1 requests of workflows to others wait for partition 1 to run",
      }),
    ]);
  });

  test("is refused with another key, without tables, and with newer tables", async () => {
    await using partitions = await TestPartitions.open();
    const { database } = partitions;
    const url = await sharedPostgres();
    const key = Buffer.alloc(32, 1);
    await prepareCluster([database], { keyCheck: keyCheckOf(key) });
    const schema = database.schemaName;

    expect(await checkPostgres(url, { schema, secretsKey: key })).toMatchObject({ ok: true });
    await expect(
      checkPostgres(url, { schema, secretsKey: Buffer.alloc(32, 2) }),
    ).rejects.toMatchObject({ code: "INVALID_REQUEST" });
    await expect(checkPostgres(url, { schema: "nothing here" })).rejects.toThrow(
      "There are no workflows in",
    );
    await database.query(`UPDATE ${database.schema}.schema_version SET version = 99`);
    await expect(checkPostgres(url, { schema })).rejects.toThrow("have version 99");
  });

  test("is `flawless check --journal`, with the same exit codes", async () => {
    await using partitions = await filled();
    const { database } = partitions;
    const args = [
      "check",
      "--journal",
      await sharedPostgres(),
      "--journal-schema",
      database.schemaName,
    ];
    const sound = await runCli(args);
    await database.query(`UPDATE ${database.schema}.workflows SET status = 'odd' WHERE id = 7`);
    const faulty = await runCli(args);

    expect(sound).toMatchObject({ code: 0, stdout: expect.stringContaining("no faults") });
    expect(faulty).toMatchObject({ code: 1, stdout: expect.stringContaining("restore a backup") });
    expect(await runCli(["check"])).toMatchObject({ code: 2 });
    expect(await runCli([...args, "--repair"])).toMatchObject({ code: 2 });
  });
});
