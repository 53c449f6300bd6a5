import { describeUnless } from "@flawless-ts/test-helpers";
import { missingForPostgres, PostgresProxy, testSchema } from "@flawless-ts/test-helpers/postgres";
import { expect, test } from "vitest";
import { TestPartitions } from "../../testing/postgres-partition.ts";
import { create, freshState } from "../../testing/stored-workflow.ts";
import type { StoreWrite } from "../workflow-store.ts";
import { PostgresDatabase, type PostgresDatabaseOptions } from "./postgres-database.ts";
import type { PostgresWorkflowStore } from "./postgres-workflow-store.ts";

/** One write that may safely happen twice, and one that may not. */
function step(position: number): readonly StoreWrite[] {
  return [
    { kind: "append", id: 0, position, lines: `line ${position}` },
    { kind: "state", id: 0, state: { ...freshState, wakeAt: position } },
  ];
}

/** A partition with a workflow, behind a proxy. */
class ProxiedPartition implements AsyncDisposable {
  readonly proxy: PostgresProxy;
  readonly partitions: TestPartitions;
  readonly store: PostgresWorkflowStore;

  static async open(options: Partial<PostgresDatabaseOptions> = {}): Promise<ProxiedPartition> {
    const where = await testSchema();
    await using direct = await TestPartitions.open(1, where);
    const proxy = await PostgresProxy.start(where.url);
    const partitions = new TestPartitions(
      await PostgresDatabase.open({ ...where, url: proxy.url, ...options }),
      direct.count,
    );
    const store = await partitions.store();
    await store.commit([create(0)]);
    return new ProxiedPartition(proxy, partitions, store);
  }

  private constructor(
    proxy: PostgresProxy,
    partitions: TestPartitions,
    store: PostgresWorkflowStore,
  ) {
    this.proxy = proxy;
    this.partitions = partitions;
    this.store = store;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.proxy[Symbol.asyncDispose]();
    await this.partitions[Symbol.asyncDispose]();
  }
}

const lost = { name: "StoreWriteError", retryable: true };

describeUnless(missingForPostgres(), "a connection that ends", () => {
  test("between commits is replaced silently", async () => {
    await using proxied = await ProxiedPartition.open();
    const { proxy, store } = proxied;
    for (let position = 0; position < 5; position += 1) {
      proxy.endConnections();
      await store.commit(step(position));
    }

    expect(await store.lines(0)).toHaveLength(5);
  });

  test("instead of the answer to a commit: the commit has its effect once, and its caller learns of it", async () => {
    await using proxied = await ProxiedPartition.open();
    const { proxy, store } = proxied;
    const writes = step(0);
    proxy.loseAnswers();
    await expect(store.commit(writes)).rejects.toMatchObject(lost);
    expect(proxy.answersLost).toBeGreaterThan(1);
    proxy.open();
    await store.commit(writes);
    await store.commit(step(1));

    expect(await store.lines(0)).toEqual(["line 0", "line 1"]);
  });

  test("and the caller writes something else first: neither commit is done twice", async () => {
    await using proxied = await ProxiedPartition.open();
    const { proxy, store } = proxied;
    const writes = step(0);
    proxy.loseAnswers();
    await expect(store.commit(writes)).rejects.toMatchObject(lost);
    proxy.open();
    await store.commit(step(1));
    await store.commit(writes);

    expect(await store.lines(0)).toEqual(["line 0", "line 1"]);
    expect(await store.workflow(0)).toMatchObject({ wakeAt: 1 });
  });

  test("twice in a commit, then with no database at all: the commit is done once", async () => {
    await using proxied = await ProxiedPartition.open();
    const { proxy, store } = proxied;
    const writes = step(0);
    proxy.loseAnswers();
    await expect(store.commit(writes)).rejects.toMatchObject(lost);
    await expect(store.commit(writes)).rejects.toMatchObject(lost);
    proxy.cut();
    await expect(store.commit(writes)).rejects.toMatchObject(lost);
    proxy.open();
    await store.commit(writes);

    expect(await store.lines(0)).toEqual(["line 0"]);
  });

  test("by an administrator, in the middle of a commit: it is sent again", async () => {
    await using proxied = await ProxiedPartition.open();
    const { store, partitions } = proxied;
    const { schema, schemaName } = partitions.database;
    let commit: Promise<void> = Promise.resolve();
    await partitions.database.transaction(async (ask) => {
      await ask(`SELECT 1 FROM ${schema}.workflows WHERE id = 0 FOR UPDATE`);
      commit = store.commit(step(0));
      await expect
        .poll(async () => {
          const [row] = await partitions.database.query(
            `SELECT count(pg_terminate_backend(pid)) AS n FROM pg_stat_activity
             WHERE wait_event_type = 'Lock' AND query LIKE $1`,
            [`%${schemaName}%`],
          );
          return row?.["n"];
        })
        .toBe(1);
    });
    await commit;

    expect(await store.lines(0)).toEqual(["line 0"]);
  });

  test("is noticed if it only falls silent", async () => {
    const patience = { answerTimeoutMs: 1_000, connectTimeoutMs: 1_000 };
    await using proxied = await ProxiedPartition.open(patience);
    const { proxy, store } = proxied;
    const writes = step(0);
    proxy.silence();
    await expect(store.commit(writes)).rejects.toMatchObject(lost);
    await expect(store.workflow(0)).rejects.toMatchObject({ code: "JOURNAL_UNAVAILABLE" });
    proxy.open();
    proxy.endConnections();
    // Like an engine: on a busy machine an answer may come too late again.
    await expect
      .poll(() => store.commit(writes).then(() => "saved"), { timeout: 30_000 })
      .toBe("saved");

    expect(await store.lines(0)).toEqual(["line 0"]);
  });

  test("never creates a workflow if the database was away all the time", async () => {
    await using proxied = await ProxiedPartition.open();
    const { proxy, store } = proxied;
    proxy.cut();
    const failed = await store.commit([create(7)]).catch((error: unknown) => error as Error);
    proxy.open();

    expect(failed).toMatchObject(lost);
    expect(await store.ids({ limit: 9 })).toEqual([0]);
    await store.commit(step(0));
    expect(await store.ids({ limit: 9 })).toEqual([0]);
  });
});
