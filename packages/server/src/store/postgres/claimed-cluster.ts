import { randomUUID } from "node:crypto";
import { EngineError } from "../../errors.ts";
import type { ClaimedPartition } from "./claimed-partition.ts";
import { PartitionTable } from "./partition-table.ts";
import type { PostgresDatabase } from "./postgres-database.ts";

const leaseMs = 60_000;
const renewMs = 15_000;

/**
 * All partitions of a database, claimed by a process that needs it for itself. Leases are renewed until it is released.
 */
export class ClaimedCluster implements AsyncDisposable {
  readonly partitions: readonly ClaimedPartition[];
  readonly #table: PartitionTable;
  readonly #owner: string;
  readonly #timer: NodeJS.Timeout;

  /**
   * @param what shown to nodes that find the partitions taken
   * @throws EngineError `DIRECTORY_IN_USE` if a node runs
   */
  static async claim(
    database: PostgresDatabase,
    count: number,
    what: string,
  ): Promise<ClaimedCluster> {
    const table = new PartitionTable(database);
    const owner = `${what} ${randomUUID()}`;
    const claimed: ClaimedPartition[] = [];
    for (let partition = 0; partition < count; partition += 1) {
      const one = await table.claim(partition, owner, leaseMs);
      if (one === undefined) {
        await table.release(owner, claimed);
        const row = (await table.partitions()).find((each) => each.partition === partition);
        throw new EngineError(
          "DIRECTORY_IN_USE",
          `Node ${String(row?.owner)} runs on ${database.name}. Stop all nodes first.`,
        );
      }
      claimed.push(one);
    }
    return new ClaimedCluster(table, owner, claimed);
  }

  private constructor(
    table: PartitionTable,
    owner: string,
    partitions: readonly ClaimedPartition[],
  ) {
    this.#table = table;
    this.#owner = owner;
    this.partitions = partitions;
    // If a lease is lost, the next commit's fence says so.
    const renew = (): void => void table.renew(owner, partitions, leaseMs).catch(() => undefined);
    this.#timer = setInterval(renew, renewMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#table.release(this.#owner, this.partitions);
  }
}
