import {
  CommitQueue,
  fromPublicId,
  PartitionTable,
  PostgresDatabase,
  PostgresWorkflowStore,
  type StoreWrite,
} from "@flawless-ts/server/internal";
import { copyOf } from "../sleepers/fill.ts";

const perCommit = 500;
const leaseMs = 600_000;
const dayMs = 24 * 3_600_000;
const yearMs = 365 * dayMs;

/**
 * Copies a sleeping workflow into all partitions of a cluster, through the store, like the engines' own writes. No node
 * may be running.
 *
 * @param template the public id of the workflow
 * @param count the number of copies
 */
export async function fillPartitions(url: string, template: string, count: number): Promise<void> {
  const database = await PostgresDatabase.open({ url });
  try {
    const table = new PartitionTable(database);
    const queue = new CommitQueue(database);
    const partitions = (await table.partitions()).length;
    const claims = await Promise.all(
      Array.from({ length: partitions }, async (_, partition) => {
        const claimed = await table.claim(partition, "fill", leaseMs);
        if (claimed === undefined) {
          throw new Error(`a node runs partition ${partition}`);
        }
        return claimed;
      }),
    );
    const stores = await Promise.all(
      claims.map((claimed) => PostgresWorkflowStore.open(database, queue, claimed, partitions)),
    );
    const id = fromPublicId(template) ?? 0;
    const workflow = await stores[id % partitions]?.workflow(id);
    const lines = (await stores[id % partitions]?.lines(id))?.join("") ?? "";
    if (workflow?.wakeAt == null) {
      throw new Error("the workflow to be copied does not sleep");
    }
    const first = (Math.floor(id / partitions) + 1) * partitions;
    const from = Date.now() + dayMs;
    const wakeAt = (index: number): number => Math.floor(from + (index * yearMs) / count);
    await Promise.all(
      stores.map(async (store, partition) => {
        for (let index = partition; index < count;) {
          const writes: StoreWrite[] = [];
          for (; index < count && writes.length < 2 * perCommit; index += partitions) {
            const copy = { id: first + index, wakeAt: wakeAt(index) };
            writes.push(...copyOf(workflow, lines, copy));
          }
          await store.commit(writes);
        }
      }),
    );
    await table.release("fill", claims);
  } finally {
    await database.close();
  }
}
