import { describeUnless } from "@flawless-ts/test-helpers";
import { missingForPostgres } from "@flawless-ts/test-helpers/postgres";
import { expect, test } from "vitest";
import { TestPartitions } from "../../testing/postgres-partition.ts";
import { create, freshState } from "../../testing/stored-workflow.ts";
import { FencedError, type StoreWrite } from "../workflow-store.ts";

function append(position: number, lines: string, id = 0): StoreWrite {
  return { kind: "append", id, position, lines };
}

describeUnless(missingForPostgres(), "the fence of a partition", () => {
  test("refuses commits of an owner whose partition was claimed by another", async () => {
    await using partitions = await TestPartitions.open(2);
    const before = await partitions.store(0, "a");
    await before.commit([create(2)]);
    await partitions.database.query(
      `UPDATE ${partitions.database.schema}.partitions SET expires_at = now() - interval '1 second'`,
    );
    const after = await partitions.store(0, "b");
    const late = before.commit([create(4), append(0, "late", 2)]);

    await expect(late).rejects.toThrow(FencedError);
    await expect(late).rejects.toMatchObject({ retryable: false });
    await expect(before.commit([append(0, "later", 2)])).rejects.toThrow(FencedError);
    await expect(before.prune(1, 1)).rejects.toThrow(FencedError);
    expect(await after.ids({ limit: 9 })).toEqual([2]);
    expect(await after.lines(2)).toEqual([]);
    await after.commit([append(0, "new", 2)]);
    expect(await after.lines(2)).toEqual(["new"]);
  });

  test("doesn't keep the node's other partitions from writing", async () => {
    await using partitions = await TestPartitions.open(3);
    const stores = await Promise.all([0, 1, 2].map((partition) => partitions.store(partition)));
    await partitions.claim(1);
    const commits = await Promise.allSettled(
      stores.map((store, partition) => store.commit([create(3 + partition)])),
    );

    expect(commits.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(await stores[0]?.ids({ limit: 9 })).toEqual([3]);
    expect(await stores[1]?.ids({ limit: 9 })).toEqual([]);
    expect(await stores[2]?.ids({ limit: 9 })).toEqual([5]);
  });

  test("is lost in the middle of a commit: the claim waits for it", async () => {
    await using partitions = await TestPartitions.open();
    const { database } = partitions;
    const store = await partitions.store(0, "a");
    await store.commit([create(0)]);
    let blocked: Promise<void> = Promise.resolve();
    let claim: Promise<unknown> = Promise.resolve();
    await database.transaction(async (ask) => {
      // A commit that has updated its fence, and then blocks until this transaction ends.
      await ask(`SELECT 1 FROM ${database.schema}.workflows WHERE id = 0 FOR UPDATE`);
      blocked = store.commit([
        { kind: "state", id: 0, state: { ...freshState, wakeAt: 7 } },
        append(0, "counted"),
      ]);
      await waiting(partitions, 1);
      await database.query(
        `UPDATE ${database.schema}.partitions SET expires_at = now() - interval '1 hour'`,
      );
      claim = partitions.claim(0, "b");
      await waiting(partitions, 2);
    });
    await blocked;
    await claim;

    expect(await store.workflow(0)).toMatchObject({ wakeAt: 7 });
    await expect(store.commit([append(1, "after")])).rejects.toThrow(FencedError);
    expect(await store.lines(0)).toEqual(["counted"]);
  });

  test("notices a database that lost acknowledged commits", async () => {
    await using partitions = await TestPartitions.open();
    const store = await partitions.store();
    await store.commit([create(0)]);
    await partitions.database.query(
      `UPDATE ${partitions.database.schema}.fences SET number = 0, token = 0`,
    );

    await expect(store.commit([append(0, "x")])).rejects.toThrow("not synchronous");
  });

  test("refuses to be opened with an epoch that is over", async () => {
    await using partitions = await TestPartitions.open();
    const claimed = await partitions.claim();
    await partitions.claim();

    await expect(partitions.opened(claimed)).rejects.toThrow(FencedError);
  });
});

describeUnless(missingForPostgres(), "a partition's store", () => {
  test("sees only its own workflows, and writes no others", async () => {
    await using partitions = await TestPartitions.open(2);
    const even = await partitions.store(0);
    const odd = await partitions.store(1);
    await even.commit([create(2, { idempotencyKey: "key" }), append(0, "even", 2)]);
    await odd.commit([create(5, { idempotencyKey: "key", wakeAt: 9 })]);

    expect(await odd.workflow(2)).toBeUndefined();
    expect(await odd.lines(2)).toEqual([]);
    expect(await odd.workflowByIdempotencyKey("key")).toMatchObject({ id: 5 });
    expect(await even.lastId()).toBe(2);
    expect(await even.counts()).toMatchObject({ running: 1, sleeping: 0 });
    expect(await odd.wakeups(null, 9)).toEqual([{ id: 5, wakeAt: 9 }]);
    await expect(even.commit([create(3)])).rejects.toMatchObject({ retryable: false });
  });

  test("a faulty commit fails alone, even if it shares a statement with others", async () => {
    await using partitions = await TestPartitions.open(2);
    const even = await partitions.store(0);
    const odd = await partitions.store(1);
    await even.commit([create(2)]);
    const [wrong, right] = await Promise.allSettled([
      even.commit([create(2)]),
      odd.commit([create(5)]),
    ]);

    expect(wrong).toMatchObject({ status: "rejected", reason: { retryable: false } });
    expect(right).toMatchObject({ status: "fulfilled" });
    await even.commit([create(4)]);
    expect(await even.ids({ limit: 9 })).toEqual([4, 2]);
    expect(await odd.ids({ limit: 9 })).toEqual([5]);
  });
});

/** Resolves once this many statements wait for locks. */
async function waiting({ database }: TestPartitions, count: number): Promise<void> {
  await expect
    .poll(async () => {
      const [row] = await database.query(
        "SELECT count(*) AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE $1",
        [`%${database.schemaName}%`],
      );
      return row?.["n"];
    })
    .toBe(count);
}
