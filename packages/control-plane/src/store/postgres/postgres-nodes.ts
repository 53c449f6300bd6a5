import { randomUUID } from "node:crypto";
import { codeOf } from "@flawless-ts/http-service/postgres";
import type { Logger } from "pino";
import { ControlPlaneError } from "../../errors.ts";
import type { NodeEntry } from "../../node-entry.ts";
import type { DatabaseClock } from "./database-clock.ts";
import type { PostgresConnection } from "./postgres-connection.ts";

/** The state of the database, as a node sees it. */
export interface DatabaseState {
  readonly reachable: boolean;
  readonly writable: boolean;
  /** The number of nodes with a recent heartbeat, including this one; 0 if the database can't be reached. */
  readonly nodes: number;
}

/** What the registry of nodes needs. */
export interface PostgresNodesParts {
  readonly connection: PostgresConnection;
  readonly clock: DatabaseClock;
  readonly logger: Logger;
  readonly own: NodeEntry;
}

const beatEveryMs = 1_000;
/** A node without a heartbeat for longer is gone. */
const lostAfter = "interval '5 seconds'";
const namesFreeWithinMs = 7_000;
const answerWithinMs = 2_000;
/** How often to delete obsolete rows. */
const beatsBetweenCleaning = 10;
const readOnly = "25006";

const cleaning: readonly string[] = [
  "DELETE FROM gossip WHERE sent_at < now() - interval '1 minute'",
  "DELETE FROM nodes WHERE seen_at < now() - interval '1 day'",
  `WITH gone AS (DELETE FROM blob_uploads WHERE touched_at < now() - interval '1 hour' RETURNING upload)
   DELETE FROM blob_pieces USING gone WHERE blob_pieces.upload = gone.upload`,
];

/** The nodes on one database. Each updates its row as a heartbeat, and the same statement reveals the database's state. */
export class PostgresNodes implements AsyncDisposable {
  readonly #parts: PostgresNodesParts;
  readonly #instance: string = randomUUID();
  #others: readonly NodeEntry[] = [];
  #state: DatabaseState = { reachable: false, writable: false, nodes: 0 };
  #beating: Promise<void> | null = null;
  #beats = 0;
  #failed = false;
  #timer: NodeJS.Timeout | undefined;

  /**
   * Joins the nodes.
   *
   * @throws ControlPlaneError `NODE_CONFLICT` if another node has that name
   */
  static async start(parts: PostgresNodesParts): Promise<PostgresNodes> {
    const nodes = new PostgresNodes(parts);
    await nodes.#takeName();
    await nodes.#beat();
    nodes.#timer = setInterval(() => void nodes.#beatOnce(), beatEveryMs).unref();
    return nodes;
  }

  private constructor(parts: PostgresNodesParts) {
    this.#parts = parts;
  }

  /** The other live nodes, sorted by name. */
  list(): readonly NodeEntry[] {
    return this.#others;
  }

  /** The current state of the database, by a query. */
  async ask(): Promise<DatabaseState> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<"late">((resolve) => {
      timer = setTimeout(() => resolve("late"), answerWithinMs);
    });
    const answered = await Promise.race([this.#beatOnce(), late]);
    clearTimeout(timer);
    return answered === "late" ? { reachable: false, writable: false, nodes: 0 } : this.#state;
  }

  /** Leaves the list, if the database can be reached. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#beating;
    const { connection, own } = this.#parts;
    await connection
      .query("DELETE FROM nodes WHERE id = $1 AND instance = $2", [own.id, this.#instance])
      .catch(() => undefined);
  }

  /** A node killed a moment ago still holds its name for a while. */
  async #takeName(): Promise<void> {
    const { connection, own } = this.#parts;
    const until = performance.now() + namesFreeWithinMs;
    for (;;) {
      const rows = await connection.query<{ url: string | null }>(
        `INSERT INTO nodes AS known (id, instance, url, flawless_url, seen_at) VALUES ($1, $2, $3, $4, now())
         ON CONFLICT (id) DO UPDATE SET instance = excluded.instance, url = excluded.url,
           flawless_url = excluded.flawless_url, seen_at = excluded.seen_at
         WHERE known.url = excluded.url OR known.seen_at < now() - ${lostAfter} RETURNING url`,
        [own.id, this.#instance, own.url, own.flawlessUrl],
      );
      if (rows.length > 0) return;
      if (performance.now() >= until) {
        throw new ControlPlaneError(
          "NODE_CONFLICT",
          `The node ${own.id} already exists. Give each node its own name (NODE_ID).`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  #beatOnce(): Promise<void> {
    this.#beating ??= this.#beat().finally(() => void (this.#beating = null));
    return this.#beating;
  }

  async #beat(): Promise<void> {
    const { connection, clock, own, logger } = this.#parts;
    try {
      const [seen] = await connection.query<{ now: string }>(
        `INSERT INTO nodes (id, instance, url, flawless_url, seen_at) VALUES ($1, $2, $3, $4, now())
         ON CONFLICT (id) DO UPDATE SET instance = excluded.instance, url = excluded.url,
           flawless_url = excluded.flawless_url, seen_at = excluded.seen_at
         RETURNING extract(epoch FROM clock_timestamp()) * 1000 AS now`,
        [own.id, this.#instance, own.url, own.flawlessUrl],
      );
      clock.set(Number(seen?.now));
      const rows = await connection.query<{
        id: string;
        url: string | null;
        flawless_url: string | null;
      }>(
        `SELECT id, url, flawless_url FROM nodes WHERE seen_at >= now() - ${lostAfter} ORDER BY id LIMIT 1000`,
      );
      this.#others = rows
        .filter(({ id }) => id !== own.id)
        .map(({ id, url, flawless_url: flawlessUrl }) => ({ id, url, flawlessUrl }));
      this.#state = { reachable: true, writable: true, nodes: rows.length };
      if (this.#beats % beatsBetweenCleaning === 0) {
        for (const statement of cleaning) await connection.query(statement);
      }
      this.#beats += 1;
      if (this.#failed) logger.info("the database is reachable again");
      this.#failed = false;
    } catch (error) {
      const reachable = codeOf(error) === readOnly;
      this.#state = { reachable, writable: false, nodes: reachable ? this.#state.nodes : 0 };
      if (!this.#failed) logger.error({ err: error }, "the database is unavailable");
      this.#failed = true;
    }
  }
}
