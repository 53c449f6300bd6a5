import { FencedError } from "../workflow-store.ts";
import type { PostgresDatabase } from "./postgres-database.ts";
import { toWriteError } from "./to-write-error.ts";
import type { ClaimedPartition } from "./claimed-partition.ts";

/** Deletes ended workflows of a partition from the tables. Autovacuum makes their space available to later writes. */
export class PostgresPruning {
  readonly #database: PostgresDatabase;
  readonly #claimed: ClaimedPartition;

  constructor(database: PostgresDatabase, claimed: ClaimedPartition) {
    this.#database = database;
    this.#claimed = claimed;
  }

  /**
   * Only the owner's fence lets it through, although it would be safe to do twice, or by an older owner.
   * @throws StoreWriteError
   * @throws FencedError
   */
  async prune(endedBefore: number, limit: number): Promise<number> {
    const { partition, epoch } = this.#claimed;
    const s = this.#database.schema;
    try {
      const [row] = await this.#database.query(
        `WITH fence AS (
           SELECT partition FROM ${s}.fences WHERE partition = $1 AND epoch = $2 FOR SHARE
         ), due AS (
           SELECT w.id FROM ${s}.workflows w JOIN fence ON fence.partition = w.partition
           WHERE w.partition = $1 AND w.ended_at IS NOT NULL AND w.ended_at < $3
           AND NOT w.has_bound_children
           AND w.id < (SELECT max(id) FROM ${s}.workflows WHERE partition = $1)
           ORDER BY w.ended_at, w.id LIMIT $4
         ), journals AS (DELETE FROM ${s}.journal USING due WHERE workflow = due.id
         ), mailboxes AS (DELETE FROM ${s}.mailbox USING due WHERE workflow = due.id
         ), notes AS (DELETE FROM ${s}.notes USING due WHERE workflow = due.id
         ), labels AS (DELETE FROM ${s}.labels USING due WHERE workflow = due.id
         ), keys AS (DELETE FROM ${s}.moved_keys USING due WHERE workflow = due.id
         ), gone AS (DELETE FROM ${s}.workflows w USING due WHERE w.partition = $1 AND w.id = due.id RETURNING w.id)
         SELECT (SELECT count(*) FROM gone) AS gone, (SELECT count(*) FROM fence) AS fences`,
        [partition, epoch, endedBefore, limit],
      );
      if (row?.["fences"] === 0) {
        throw new FencedError(
          `Partition ${partition} has another owner: its epoch is not ${epoch}.`,
        );
      }
      return Number(row?.["gone"]);
    } catch (error) {
      throw error instanceof FencedError
        ? error
        : toWriteError(error, `Can't write to ${this.#database.name}`);
    }
  }
}
