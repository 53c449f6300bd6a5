import { partitionOfKey, partitionOfSchedule } from "../../cluster/partition-of.ts";
import { arrayParameter } from "../../store/postgres/array-parameters.ts";
import type { ClaimedCluster } from "../../store/postgres/claimed-cluster.ts";
import {
  CommitQueue,
  type PostgresDatabase,
  PostgresWorkflowStore,
} from "../../store/postgres/index.ts";
import { PostgresWholeStore } from "../../store/postgres/postgres-whole-store.ts";
import { toStored } from "../../store/postgres/stored-text.ts";
import type { WholeStore, WholeWorkflow } from "../../store/whole-store.ts";
import { type CopyTarget, writesOf } from "./copy-target.ts";
import type { StoredSchedule, StoreWrite } from "../../store/workflow-store.ts";

/** A database, all of whose partitions are claimed. */
export class PostgresTarget implements CopyTarget {
  readonly #database: PostgresDatabase;
  readonly #stores: readonly PostgresWorkflowStore[];

  static async open(database: PostgresDatabase, claimed: ClaimedCluster): Promise<PostgresTarget> {
    const queue = new CommitQueue(database);
    const { partitions } = claimed;
    const stores = await Promise.all(
      partitions.map((each) =>
        PostgresWorkflowStore.open(database, queue, each, partitions.length),
      ),
    );
    return new PostgresTarget(database, stores);
  }

  private constructor(database: PostgresDatabase, stores: readonly PostgresWorkflowStore[]) {
    this.#database = database;
    this.#stores = stores;
  }

  async has(ids: readonly number[]): Promise<ReadonlySet<number>> {
    const count = this.#stores.length;
    const { schema } = this.#database;
    const rows = await this.#database.query(
      `SELECT w.id FROM unnest($1::int4[], $2::int8[]) AS n (partition, id)
       JOIN ${schema}.workflows w ON w.partition = n.partition AND w.id = n.id`,
      [
        arrayParameter(
          "int4",
          ids.map((id) => id % count),
        ),
        arrayParameter("int8", ids),
      ],
    );
    return new Set(rows.map((row) => row["id"] as number));
  }

  async write(workflows: readonly WholeWorkflow[]): Promise<void> {
    const count = this.#stores.length;
    const writes = this.#stores.map((): StoreWrite[] => []);
    for (const whole of workflows) {
      writes[whole.workflow.id % count]?.push(...writesOf(whole));
    }
    await this.#writeMovedKeys(workflows);
    await Promise.all(
      writes.map((each, partition) =>
        each.length === 0 ? undefined : this.#stores[partition]?.commit(each),
      ),
    );
  }

  async writeSchedules(schedules: readonly StoredSchedule[]): Promise<void> {
    for (const schedule of schedules) {
      const partition = partitionOfSchedule(schedule.name, this.#stores.length);
      await this.#stores[partition]?.commit([{ kind: "schedule", schedule }]);
    }
  }

  async writeModules(writes: readonly StoreWrite[]): Promise<void> {
    for (const write of writes) {
      await this.#stores[0]?.commit([write]);
    }
  }

  async written(): Promise<WholeStore> {
    return new PostgresWholeStore(this.#database, this.#stores.length);
  }

  /** Stores where to find a key whose workflow is not in the partition that follows from the key. */
  async #writeMovedKeys(workflows: readonly WholeWorkflow[]): Promise<void> {
    const count = this.#stores.length;
    const moved = workflows.flatMap(({ workflow: { id, idempotencyKey: key } }) =>
      key !== null && partitionOfKey(key, count) !== id % count ? [{ id, key }] : [],
    );
    if (moved.length > 0) {
      await this.#database.query(
        `INSERT INTO ${this.#database.schema}.moved_keys (key, workflow)
         SELECT * FROM unnest($1::text[], $2::int8[]) ON CONFLICT DO NOTHING`,
        [
          arrayParameter(
            "text",
            moved.map(({ key }) => toStored(key)),
          ),
          arrayParameter(
            "int8",
            moved.map(({ id }) => id),
          ),
        ],
      );
    }
  }
}
