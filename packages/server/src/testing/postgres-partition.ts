import { type TestSchema, testSchema } from "@flawless-ts/test-helpers/postgres";
import type { ClaimedPartition } from "../store/postgres/claimed-partition.ts";
import { CommitQueue } from "../store/postgres/commit-queue.ts";
import { PartitionTable } from "../store/postgres/partition-table.ts";
import {
  PostgresDatabase,
  type PostgresDatabaseOptions,
} from "../store/postgres/postgres-database.ts";
import { PostgresWorkflowStore } from "../store/postgres/postgres-workflow-store.ts";
import { prepareCluster } from "../store/postgres/prepare-cluster.ts";

/** A database with one or more partitions, for tests of only the store. */
export class TestPartitions implements AsyncDisposable {
  readonly database: PostgresDatabase;
  readonly queue: CommitQueue;
  readonly table: PartitionTable;
  readonly count: number;

  /** @param where default: a fresh schema in the test run's PostgreSQL */
  static async open(
    count: number = 1,
    where?: TestSchema,
    options: Partial<PostgresDatabaseOptions> = {},
  ): Promise<TestPartitions> {
    const database = await PostgresDatabase.open({
      ...(where ?? (await testSchema())),
      ...options,
    });
    await prepareCluster([database], { partitions: count });
    return new TestPartitions(database, count);
  }

  /** @param count the number of partitions, which exist already */
  constructor(database: PostgresDatabase, count: number) {
    this.database = database;
    this.count = count;
    this.queue = new CommitQueue(database);
    this.table = new PartitionTable(database);
  }

  async claim(partition: number = 0, node = "node"): Promise<ClaimedPartition> {
    const claimed = await this.table.claim(partition, node, 60_000);
    if (claimed === undefined) {
      throw new Error(`partition ${partition} is another node's`);
    }
    return claimed;
  }

  /** Claims a partition and opens it. */
  async store(partition: number = 0, node = "node"): Promise<PostgresWorkflowStore> {
    return this.opened(await this.claim(partition, node));
  }

  opened(claimed: ClaimedPartition): Promise<PostgresWorkflowStore> {
    return PostgresWorkflowStore.open(this.database, this.queue, claimed, this.count);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.database.close();
  }
}
