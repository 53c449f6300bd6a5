import type { Client } from "pg";
import type { PostgresConnection } from "./postgres-connection.ts";
import { unavailable } from "./postgres-connection.ts";

/** Notifications have no content: they only wake up nodes to look for new rows. */
const channel = "flawless_control_plane_gossip";
/** Makes messages visible in the order of their ids, so that no node skips one that is still uncommitted. */
const orderLock = 0x464c4753;
const lookEveryMs = 250;
const atOnce = 1_000;

interface Waiting {
  readonly topic: string;
  readonly message: string;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Delivers messages to all nodes through a table, which each node polls a few times a second; PostgreSQL's
 * notifications make it look immediately. Messages are stored for a minute, so that a node that lost its connection
 * misses none.
 */
export class PostgresGossip implements AsyncDisposable {
  readonly #sending: PostgresConnection;
  readonly #receiving: PostgresConnection;
  readonly #deliver: (topic: string, message: string) => void;
  readonly #waiting: Waiting[] = [];
  #last: string;
  #listening: Client | null = null;
  #busy = false;
  #looking: Promise<void> | null = null;
  #again = false;
  #closed = false;
  readonly #timer: NodeJS.Timeout;

  /** @param deliver called with each message, including those from this node */
  static async start(
    sending: PostgresConnection,
    receiving: PostgresConnection,
    deliver: (topic: string, message: string) => void,
  ): Promise<PostgresGossip> {
    const [newest] = await receiving.query<{ id: string }>(
      "SELECT coalesce(max(id), 0) AS id FROM gossip",
    );
    return new PostgresGossip(sending, receiving, deliver, newest?.id ?? "0");
  }

  private constructor(
    sending: PostgresConnection,
    receiving: PostgresConnection,
    deliver: (topic: string, message: string) => void,
    last: string,
  ) {
    this.#sending = sending;
    this.#receiving = receiving;
    this.#deliver = deliver;
    this.#last = last;
    this.#timer = setInterval(() => this.#look(), lookEveryMs).unref();
    this.#look();
  }

  /**
   * Resolves once it is certain that all nodes will get it.
   *
   * @throws ControlPlaneError `STORE_UNAVAILABLE`
   */
  send(topic: string, message: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ topic: topic.toLowerCase(), message, resolve, reject });
      if (!this.#busy) void this.#sendWaiting();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    await this.#looking;
  }

  async #sendWaiting(): Promise<void> {
    this.#busy = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, atOnce);
      try {
        await this.#sending.use(async (client) => await insert(client, batch));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(unavailable(error));
      }
    }
    this.#busy = false;
  }

  #look(): void {
    if (this.#looking !== null) {
      this.#again = true;
      return;
    }
    // If the database is unavailable, the timer tries again.
    this.#looking = this.#receive()
      .catch(() => undefined)
      .finally(() => {
        this.#looking = null;
        if (this.#again && !this.#closed) {
          this.#again = false;
          this.#look();
        }
      });
  }

  /** A promoted standby or a restored backup may lack the newest messages, and assigns their ids again. */
  async #startOverWhereIdsWentBack(client: Client): Promise<void> {
    const { rows } = await client.query<{ id: string }>(
      "SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS id FROM gossip_id_seq",
    );
    const newest = rows[0]?.id ?? "0";
    if (BigInt(newest) < BigInt(this.#last)) this.#last = newest;
  }

  async #receive(): Promise<void> {
    const client = await this.#receiving.connect();
    if (this.#listening !== client) {
      client.on("notification", () => this.#look());
      await client.query(`LISTEN ${channel}`);
      await this.#startOverWhereIdsWentBack(client);
      this.#listening = client;
    }
    for (;;) {
      const rows = await this.#receiving.query<{ id: string; topic: string; message: string }>(
        "SELECT id, topic, message FROM gossip WHERE id > $1 ORDER BY id LIMIT $2",
        [this.#last, atOnce],
      );
      for (const { id, topic, message } of rows) {
        this.#last = id;
        if (!this.#closed) this.#deliver(topic, JSON.parse(message) as string);
      }
      if (rows.length < atOnce || this.#closed) return;
    }
  }
}

async function insert(client: Client, batch: readonly Waiting[]): Promise<void> {
  await client.query("BEGIN");
  try {
    await client.query("SELECT pg_advisory_xact_lock($1, hashtext(current_schema()))", [orderLock]);
    // As JSON, because PostgreSQL's text can't hold every character.
    await client.query(
      "INSERT INTO gossip (topic, message) SELECT * FROM unnest($1::text[], $2::text[])",
      [batch.map(({ topic }) => topic), batch.map(({ message }) => JSON.stringify(message))],
    );
    await client.query(`NOTIFY ${channel}`);
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined);
    throw error;
  }
}
