import {
  type AppendPositions,
  FencedError,
  StoreWriteError,
  type StoredMessage,
  type StoredModule,
  type StoredSchedule,
  type StoredWorkflow,
  type StoredWorkflowFilter,
  type StoreWrite,
  type SearchBy,
  type Wakeup,
  type Walk,
  type Walked,
  type WorkflowCounts,
  type WorkflowStore,
} from "../workflow-store.ts";
import type { ClaimedPartition } from "./claimed-partition.ts";
import type { CommitQueue } from "./commit-queue.ts";
import { PartitionCommits } from "./partition-commits.ts";
import type { PostgresDatabase } from "./postgres-database.ts";
import { toWriteError } from "./to-write-error.ts";
import { PostgresPruning } from "./postgres-pruning.ts";
import { PostgresReader } from "./postgres-reader.ts";

/** A partition as its owner sees it: as if there were no others. */
export class PostgresWorkflowStore implements WorkflowStore {
  readonly #commits: PartitionCommits;
  readonly #reader: PostgresReader;
  readonly #pruning: PostgresPruning;
  readonly #partition: number;
  readonly #count: number;

  /**
   * @param database the one that has the partition
   * @param queue the only one of this process for that database
   * @param count how many partitions the cluster has
   * @throws FencedError if another owner has claimed it since
   * @throws StoreWriteError if the database can't be reached
   */
  static async open(
    database: PostgresDatabase,
    queue: CommitQueue,
    { partition, epoch }: ClaimedPartition,
    count: number,
  ): Promise<PostgresWorkflowStore> {
    try {
      const commits = await PartitionCommits.open(database, queue, partition, epoch);
      return new PostgresWorkflowStore(database, commits, { partition, epoch }, count);
    } catch (error) {
      throw error instanceof FencedError
        ? error
        : toWriteError(error, `Can't read ${database.name}`);
    }
  }

  private constructor(
    database: PostgresDatabase,
    commits: PartitionCommits,
    claimed: ClaimedPartition,
    count: number,
  ) {
    this.#commits = commits;
    this.#partition = claimed.partition;
    this.#count = count;
    this.#reader = new PostgresReader(database, [claimed.partition], count);
    this.#pruning = new PostgresPruning(database, claimed);
  }

  async commit(writes: readonly StoreWrite[]): Promise<void> {
    for (const write of writes) {
      const id = write.kind === "create" ? write.workflow.id : "id" in write ? write.id : null;
      if (id !== null && id % this.#count !== this.#partition) {
        const what = `Workflow ${id} is not of partition ${this.#partition} of ${this.#count}.`;
        throw new StoreWriteError(what, { retryable: false });
      }
    }
    await this.#commits.commit(writes);
  }

  workflow(id: number): Promise<StoredWorkflow | undefined> {
    return this.#read((reader) => reader.workflow(id));
  }

  workflowByIdempotencyKey(key: string): Promise<StoredWorkflow | undefined> {
    return this.#read((reader) => reader.workflowByIdempotencyKey(key));
  }

  list(filter: StoredWorkflowFilter): Promise<readonly StoredWorkflow[]> {
    return this.#read((reader) => reader.list(filter));
  }

  ids(filter: StoredWorkflowFilter): Promise<readonly number[]> {
    return this.#read((reader) => reader.ids(filter));
  }

  walk(filter: StoredWorkflowFilter, by: SearchBy, walk: Walk): Promise<Walked> {
    return this.#read((reader) => reader.walk(filter, by, walk));
  }

  lines(id: number, positions?: AppendPositions): Promise<readonly string[]> {
    return this.#read((reader) => reader.lines(id, positions));
  }

  mailbox(id: number): Promise<readonly StoredMessage[]> {
    return this.#read((reader) => reader.mailbox(id));
  }

  note(id: number, name: string): Promise<string | undefined> {
    return this.#read((reader) => reader.note(id, name));
  }

  wakeups(after: Wakeup | null, limit: number): Promise<readonly Wakeup[]> {
    return this.#read((reader) => reader.wakeups(after, limit));
  }

  counts(): Promise<WorkflowCounts> {
    return this.#read((reader) => reader.counts());
  }

  running(): Promise<number> {
    return this.#read((reader) => reader.running());
  }

  lastId(): Promise<number> {
    return this.#read((reader) => reader.lastId());
  }

  async prune(endedBefore: number, limit: number): Promise<number> {
    await this.#commits.settled;
    return this.#pruning.prune(endedBefore, limit);
  }

  schedule(name: string): Promise<StoredSchedule | undefined> {
    return this.#read((reader) => reader.schedule(name));
  }

  schedules(after: string | null, limit: number): Promise<readonly StoredSchedule[]> {
    return this.#read((reader) => reader.schedules(after, limit));
  }

  modules(): Promise<readonly StoredModule[]> {
    return this.#read((reader) => reader.modules());
  }

  moduleBytes(hash: string): Promise<Uint8Array | undefined> {
    return this.#read((reader) => reader.moduleBytes(hash));
  }

  /** The database stays open: other partitions use it. */
  async close(): Promise<void> {
    await this.#commits.settled;
  }

  /** Reads see all commits requested before them. */
  async #read<T>(read: (reader: PostgresReader) => Promise<T>): Promise<T> {
    await this.#commits.settled;
    return read(this.#reader);
  }
}
