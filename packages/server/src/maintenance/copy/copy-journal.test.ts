import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describeUnless, TemporaryDirectory } from "@flawless-ts/test-helpers";
import {
  missingForPostgres,
  type TestSchema,
  testSchema,
} from "@flawless-ts/test-helpers/postgres";
import { expect, test } from "vitest";
import { partitionOfKey } from "../../cluster/partition-of.ts";
import { PostgresDatabase, prepareCluster } from "../../store/postgres/index.ts";
import { migrations } from "../../store/postgres/postgres-schema.ts";
import { PostgresReader } from "../../store/postgres/postgres-reader.ts";
import { journalFormat } from "../../store/sqlite/sqlite-schema.ts";
import { SqliteWholeStore } from "../../store/sqlite/sqlite-whole-store.ts";
import { SqliteWorkflowStore } from "../../store/sqlite/sqlite-workflow-store.ts";
import type { WholeWorkflow } from "../../store/whole-store.ts";
import type { StoredModule, StoreWrite } from "../../store/workflow-store.ts";
import { TestPartitions } from "../../testing/postgres-partition.ts";
import { runCli } from "../../testing/run-cli.ts";
import { create, freshState } from "../../testing/stored-workflow.ts";
import { copyJournal } from "./copy-journal.ts";

const count = 603;
const key = Buffer.alloc(32, 7);

function deploy(version: string, content: string): StoreWrite {
  const bytes = Buffer.from(content);
  const hash = createHash("sha256").update(bytes).digest("hex");
  const module: StoredModule = { name: "m", version, hash, deployedAt: 5, inspection: null };
  return { kind: "deploy", module, bytes };
}

function schedule(name: string): StoreWrite {
  const texts = { spec: '{"cron":"é"}', input: '"in\u0000put"', state: "{}" };
  return { kind: "schedule", schedule: { name, ...texts } };
}

/** A directory with some of everything. */
async function filled(more: readonly StoreWrite[] = []): Promise<TemporaryDirectory> {
  const directory = new TemporaryDirectory();
  const store = await SqliteWorkflowStore.open(directory.path);
  await store.commit([deploy("1", "replaced")]);
  await store.commit([deploy("1", "new")]);
  await store.commit([deploy("2", "other")]);
  await store.commit(
    Array.from({ length: count - 2 }, (_, index) =>
      create(index + 10, {
        status: "completed",
        wakeAt: null,
        endedAt: 9,
        response: `"${index}"`,
        idempotencyKey: index % 7 === 0 ? `key ${index}` : null,
      }),
    ),
  );
  await store.commit([
    create(5_000, {
      run: 2,
      journalStart: 3,
      wakeAt: 1_767_323_045_000.25,
      labels: { customer: "c-7", "flawless:by": "é" },
    }),
    { kind: "append", id: 5_000, position: 3, lines: "nul \u0000 and \u001A\n" },
    { kind: "append", id: 5_000, position: 4, lines: "\u{1F600}".repeat(100_000) },
    { kind: "receive", id: 5_000, message: { sequence: 4, type: "go", data: "1", at: 2 } },
    { kind: "note", id: 5_000, name: "state", value: '{"a":"\u0000"}' },
    // A child that has ended, in any partition.
    create(5_001, { ...freshState, status: "completed", wakeAt: null, parent: 5_000, root: 5_000 }),
    ...Array.from({ length: 203 }, (_, index) => schedule(`schedule-${index}`)),
    ...more,
  ]);
  await store.close();
  return directory;
}

async function contents(directory: string): Promise<readonly WholeWorkflow[]> {
  using store = new SqliteWholeStore(directory);
  const all: WholeWorkflow[] = [];
  for (;;) {
    const batch = await store.workflows(all.at(-1)?.workflow.id ?? -1);
    if (batch.length === 0) {
      return all;
    }
    all.push(...batch);
  }
}

async function withDatabase<T>(
  where: TestSchema,
  use: (database: PostgresDatabase) => Promise<T>,
): Promise<T> {
  const database = await PostgresDatabase.open(where);
  try {
    return await use(database);
  } finally {
    await database.close();
  }
}

/** The names of the tables that a schema creates. */
function tablesOf(sql: string): readonly string[] {
  return [...sql.matchAll(/CREATE TABLE (?:"[^"]*"\.)?(\w+)/g)].map(([, name = ""]) => name);
}

test("a copy knows all tables: a new table must be copied, too", () => {
  const copied = [
    "journal",
    "labels",
    "mailbox",
    "module_bytes",
    "modules",
    "notes",
    "schedules",
    "workflows",
  ];
  // Requests between partitions are sent again: the journals contain them.
  const ofClusters = ["errands", "fences", "moved_keys", "nodes", "partitions", "settings"];

  // In PostgreSQL, the content of these is in the rows of `workflows` and `journal`.
  expect(tablesOf(journalFormat.schema).toSorted()).toEqual(
    [...copied, "journal_starts", "kinds"].toSorted(),
  );
  expect(tablesOf(migrations("s").join("\n")).toSorted()).toEqual(
    [...copied, ...ofClusters].toSorted(),
  );
});

describeUnless(missingForPostgres(), "a copied journal", () => {
  test("comes back from PostgreSQL unchanged", async () => {
    using source = await filled();
    using elsewhere = new TemporaryDirectory();
    const where = await testSchema();
    const options = { schema: where.schema };
    const steps = new Set<string>();
    const files = readdirSync(source.path);
    const there = await copyJournal(source.path, where.url, {
      ...options,
      secretsKey: key,
      onProgress: ({ step, workflows, of }) => {
        steps.add(step);
        expect(workflows).toBeLessThanOrEqual(of);
      },
    });
    expect(readdirSync(source.path)).toEqual(files);
    const back = await copyJournal(where.url, elsewhere.join("back"), {
      ...options,
      secretsKey: key,
    });

    expect(there).toEqual({ workflows: count, modules: 2 });
    expect(back).toEqual(there);
    expect([...steps]).toEqual(["copying", "checking"]);
    expect(await contents(elsewhere.join("back"))).toEqual(await contents(source.path));
    using copy = new SqliteWholeStore(elsewhere.join("back"));
    using original = new SqliteWholeStore(source.path);
    expect(await copy.moduleHashes()).toEqual(await original.moduleHashes());
    expect(await copy.moduleHashes()).toHaveLength(3);
    expect(await copy.modules()).toEqual(await original.modules());
    const [first] = await copy.schedules("");
    expect(first).toMatchObject({ name: "schedule-0", input: '"in\u0000put"' });
    expect(await copy.schedules("schedule-98")).toEqual(await original.schedules("schedule-98"));
    const digits = readFileSync(elsewhere.join("back", "secrets.key"), "utf8");
    expect(digits.trim()).toBe(key.toString("hex"));
  });

  test("has each workflow where its cluster looks for it, also by idempotency key", async () => {
    using source = await filled();
    const where = await testSchema();
    await copyJournal(source.path, where.url, { schema: where.schema, partitions: 4 });
    await withDatabase(where, async (database) => {
      const reader = new PostgresReader(database, [0, 1, 2, 3], 4);
      const of = async (name: string): Promise<number | undefined> =>
        (
          (await reader.workflowByMovedKey(name)) ??
          (await new PostgresReader(
            database,
            [partitionOfKey(name, 4)],
            4,
          ).workflowByIdempotencyKey(name))
        )?.id;

      expect(await reader.hasMovedKeys()).toBe(true);
      expect(await reader.workflow(5_000)).toMatchObject({ run: 2 });
      expect(await of("key 0")).toBe(10);
      expect(await of("key 7")).toBe(17);
      expect(await of("key 14")).toBe(24);
      expect(await of("key 1")).toBeUndefined();
    });
    await using partitions = new TestPartitions(await PostgresDatabase.open(where), 4);
    const pruned = await Promise.all(
      [0, 1, 2, 3].map(async (partition) => (await partitions.store(partition)).prune(10, 9_999)),
    );
    expect(pruned.reduce((sum, each) => sum + each)).toBeGreaterThan(count - 8);
    await withDatabase(where, async (database) => {
      const rows = await database.query(`SELECT count(*) AS n FROM ${database.schema}.moved_keys`);
      expect(rows[0]?.["n"]).toBeLessThan(5);
    });
  });

  test("that is incomplete can't be used, and can be continued", async () => {
    using source = await filled();
    const where = await testSchema();
    const options = { schema: where.schema };
    const broken = copyJournal(source.path, where.url, {
      ...options,
      onProgress: () => {
        throw new Error("as if it were killed");
      },
    });
    await expect(broken).rejects.toThrow("killed");
    await withDatabase(where, async (database) => {
      await expect(prepareCluster([database])).rejects.toThrow("has not ended");
    });
    using another = new TemporaryDirectory();
    await expect(copyJournal(where.url, another.join("x"), options)).rejects.toMatchObject({
      code: "INVALID_REQUEST",
    });
    expect(existsSync(another.join("x"))).toBe(false);

    expect(await copyJournal(source.path, where.url, options)).toMatchObject({ workflows: count });
    await withDatabase(where, async (database) => {
      expect(await prepareCluster([database])).toEqual({ partitions: 32 });
    });
    await expect(copyJournal(source.path, where.url, options)).rejects.toThrow("is not empty");
  });

  test("is refused while a node runs, without the key, or without tables or journals", async () => {
    await using partitions = await TestPartitions.open(2);
    const { database } = partitions;
    using directory = new TemporaryDirectory();
    const { path } = directory;
    const where = await testSchema();
    const url = where.url;
    const options = { schema: database.schemaName };
    const target = directory.join("target");
    await partitions.claim(1, "node-a");
    await expect(copyJournal(url, target, options)).rejects.toThrow("Node node-a runs on");
    await partitions.table.release("node-a", [{ partition: 1, epoch: 1 }]);
    await prepareCluster([database], { keyCheck: "of some key" });
    await expect(copyJournal(url, target, options)).rejects.toThrow("--secrets-key-file");
    await expect(copyJournal(url, target, { ...options, secretsKey: key })).rejects.toThrow(
      "The key for secrets is not the one",
    );
    await expect(copyJournal(url, target, { schema: where.schema })).rejects.toThrow(
      "There are no workflows in",
    );
    await expect(copyJournal(path, url, options)).rejects.toMatchObject({
      code: "DIRECTORY_UNUSABLE",
    });
    await expect(copyJournal(path, path)).rejects.toMatchObject({ code: "INVALID_REQUEST" });
    expect(readdirSync(path)).toEqual([]);
  });

  test("may have parents and children in different partitions", async () => {
    using source = await filled([create(6_001, { parent: 5_000, root: 5_000, depth: 1 })]);
    const { url, schema } = await testSchema();
    expect(await copyJournal(source.path, url, { schema })).toMatchObject({ workflows: count + 1 });
    const checked = await runCli(["check", "--journal", url, "--journal-schema", schema]);
    expect(checked.stdout).not.toContain("workflows in other partitions");
  });
});

describeUnless(missingForPostgres(), "flawless journal copy", () => {
  test("reports what it copied", async () => {
    using source = await filled();
    const { url, schema } = await testSchema();
    const args = ["journal", "copy", source.path, url, "--journal-schema", schema];
    const first = await runCli(args);
    const second = await runCli([...args, "--json"]);

    expect(first).toMatchObject({
      code: 0,
      stdout: `copied ${count} workflows and 2 modules, and compared them\n`,
    });
    expect(second.code).toBe(1);
    expect(second.stderr).toContain("is not empty");
  });
});
