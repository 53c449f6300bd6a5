import { arrayParameter } from "./array-parameters.ts";
import type { PostgresDatabase, Row } from "./postgres-database.ts";
import type { ClaimedPartition } from "./claimed-partition.ts";

/** A node, as a database knows it. */
export interface NodeRow {
  readonly id: string;
  /** The URL at which other nodes reach it. */
  readonly url: string;
  /** Milliseconds since the Unix epoch, by the database's clock. */
  readonly startedAt: number;
  /** How long ago its last heartbeat was, in milliseconds, by the database's clock. */
  readonly silentMs: number;
}

/** A partition, as its database knows it. */
export interface PartitionRow {
  readonly partition: number;
  /** The node's id; null if it was released. */
  readonly owner: string | null;
  readonly epoch: number;
  /**
   * The time until the lease expires, in milliseconds, by the database's clock; below 0: it has expired; null: no
   * owner.
   */
  readonly leaseMs: number | null;
}

/**
 * The nodes and partitions of one database. All times are the database's: the clocks of nodes don't matter. Each call
 * is one statement that is safe to send twice.
 */
export class PartitionTable {
  readonly #database: PostgresDatabase;

  constructor(database: PostgresDatabase) {
    this.#database = database;
  }

  /** The database's clock, in milliseconds since the Unix epoch. */
  async now(): Promise<number> {
    const [row] = await this.#ask(
      () => "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now",
    );
    return row?.["now"] as number;
  }

  /** Registers a node, and counts as a heartbeat. */
  async heartbeat(node: { readonly id: string; readonly url: string }): Promise<void> {
    await this.#ask(
      (
        s,
      ) => `INSERT INTO ${s}.nodes (id, url, started_at, heartbeat_at) VALUES ($1, $2, now(), now())
        ON CONFLICT (id) DO UPDATE SET url = excluded.url, heartbeat_at = now()`,
      [node.id, node.url],
    );
  }

  /** Deletes a node that shuts down, or has been silent for long. */
  async removeNode(id: string): Promise<void> {
    await this.#ask((s) => `DELETE FROM ${s}.nodes WHERE id = $1`, [id]);
  }

  /** All known nodes, by id. */
  async nodes(): Promise<readonly NodeRow[]> {
    const rows = await this.#ask(
      (s) => `SELECT id, url, extract(epoch FROM started_at)::float8 * 1000 AS started,
        extract(epoch FROM now() - heartbeat_at)::float8 * 1000 AS silent FROM ${s}.nodes ORDER BY id`,
    );
    return rows.map((row) => ({
      id: String(row["id"]),
      url: String(row["url"]),
      startedAt: Number(row["started"]),
      silentMs: Number(row["silent"]),
    }));
  }

  /** The partitions of this database, by number. */
  async partitions(): Promise<readonly PartitionRow[]> {
    const rows = await this.#ask(
      (
        s,
      ) => `SELECT partition, owner, epoch, extract(epoch FROM expires_at - now())::float8 * 1000 AS lease
        FROM ${s}.partitions ORDER BY partition`,
    );
    return rows.map((row) => ({
      partition: row["partition"] as number,
      owner: row["owner"] as string | null,
      epoch: row["epoch"] as number,
      leaseMs: row["lease"] as number | null,
    }));
  }

  /**
   * Claims a partition that is free, whose lease has expired, or that the node owns already, under a new epoch. Once
   * this resolves, commits of older epochs have no effect any more.
   *
   * @returns undefined if another node has it
   */
  async claim(
    partition: number,
    node: string,
    leaseMs: number,
  ): Promise<ClaimedPartition | undefined> {
    const [row] = await this.#ask(
      (s) => `WITH claimed AS (
          UPDATE ${s}.partitions SET owner = $2, epoch = epoch + 1, expires_at = now() + $3 * interval '1 millisecond'
          WHERE partition = $1 AND (owner IS NULL OR owner = $2 OR expires_at < now())
          RETURNING partition, epoch
        )
        UPDATE ${s}.fences f SET epoch = claimed.epoch, number = 0, token = 0 FROM claimed
        WHERE f.partition = claimed.partition RETURNING f.partition, f.epoch`,
      [partition, node, leaseMs],
    );
    return row === undefined ? undefined : { partition, epoch: row["epoch"] as number };
  }

  /**
   * Extends the leases of a node to this long from now, and counts as a heartbeat.
   * @returns the partitions whose leases were extended; the others belong to another node now
   */
  async renew(
    node: string,
    claimed: readonly ClaimedPartition[],
    leaseMs: number,
  ): Promise<readonly number[]> {
    const rows = await this.#ask(
      (s) => `WITH alive AS (UPDATE ${s}.nodes SET heartbeat_at = now() WHERE id = $1)
        UPDATE ${s}.partitions p SET expires_at = now() + $4 * interval '1 millisecond'
        FROM unnest($2::int4[], $3::int8[]) AS c (partition, epoch)
        WHERE p.partition = c.partition AND p.epoch = c.epoch AND p.owner = $1 RETURNING p.partition`,
      [node, ...asColumns(claimed), leaseMs],
    );
    return rows.map((row) => row["partition"] as number);
  }

  /** Releases partitions whose engines are closed: any node may claim them immediately. */
  async release(node: string, claimed: readonly ClaimedPartition[]): Promise<void> {
    await this.#ask(
      (s) => `WITH released AS (
          UPDATE ${s}.partitions p SET owner = NULL, expires_at = NULL, epoch = p.epoch + 1
          FROM unnest($2::int4[], $3::int8[]) AS c (partition, epoch)
          WHERE p.partition = c.partition AND p.epoch = c.epoch AND p.owner = $1 RETURNING p.partition, p.epoch
        )
        UPDATE ${s}.fences f SET epoch = released.epoch, number = 0, token = 0 FROM released
        WHERE f.partition = released.partition`,
      [node, ...asColumns(claimed)],
    );
  }

  #ask(
    sql: (schema: string) => string,
    values: Parameters<PostgresDatabase["query"]>[1] = [],
  ): Promise<readonly Row[]> {
    return this.#database.query(sql(this.#database.schema), values);
  }
}

function asColumns(claimed: readonly ClaimedPartition[]): readonly [Buffer, Buffer] {
  return [
    arrayParameter(
      "int4",
      claimed.map(({ partition }) => partition),
    ),
    arrayParameter(
      "int8",
      claimed.map(({ epoch }) => epoch),
    ),
  ];
}
