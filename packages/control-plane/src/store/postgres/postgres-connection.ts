import { isLost, type PostgresHosts, refuseStandby } from "@flawless-ts/http-service/postgres";
import { Client, type QueryResultRow } from "pg";
import { ControlPlaneError } from "../../errors.ts";
import { useSchema } from "./postgres-schema.ts";

/** Where the database is. */
export interface PostgresAddress {
  readonly hosts: PostgresHosts;
  readonly schema: string;
}

/** Milliseconds. A statement of ours takes milliseconds itself: whoever waits for longer waits for locks, or for nothing. */
const limits = {
  connectionTimeoutMillis: 5_000,
  statement_timeout: 20_000,
  lock_timeout: 10_000,
  // A node that was stopped in the middle of a transaction must not keep others from its rows.
  idle_in_transaction_session_timeout: 5_000,
  query_timeout: 25_000,
};

/** One connection to the database, made anew when it broke. Whoever uses it does so alone. */
export class PostgresConnection {
  readonly #address: PostgresAddress;
  #client: Client | null = null;
  #closed = false;

  constructor(address: PostgresAddress) {
    this.#address = address;
  }

  /**
   * Runs statements, each a transaction of its own.
   *
   * @throws ControlPlaneError `STORE_UNAVAILABLE` where the database can't be reached; else the database's error
   */
  async use<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const client = await this.connect();
    try {
      return await work(client);
    } catch (error) {
      if (isLost(error)) this.drop(client);
      throw error;
    }
  }

  async query<Row extends QueryResultRow>(
    text: string,
    values: readonly unknown[] = [],
  ): Promise<readonly Row[]> {
    return await this.use(async (client) => (await client.query<Row>(text, [...values])).rows);
  }

  /** @throws ControlPlaneError `STORE_UNAVAILABLE` */
  async connect(): Promise<Client> {
    if (this.#closed) throw unavailable(new Error("the store is closed"));
    if (this.#client !== null) return this.#client;
    const client = await connected(this.#address.hosts, async (made) => {
      // What breaks it is told to whoever uses it next; without a listener it would end the process.
      made.on("error", () => this.drop(made));
      await useSchema(made, this.#address.schema);
    });
    this.#client = client;
    return client;
  }

  /** The next use makes a new one. */
  drop(client: Client): void {
    if (this.#client === client) this.#client = null;
    void client.end().catch(() => undefined);
  }

  async close(): Promise<void> {
    this.#closed = true;
    const client = this.#client;
    this.#client = null;
    await client?.end().catch(() => undefined);
  }
}

/**
 * A connection to the server that can be written.
 *
 * @param begin what has to be done before it is used
 * @throws ControlPlaneError `STORE_UNAVAILABLE`
 */
export async function connected(
  hosts: PostgresHosts,
  begin: (client: Client) => Promise<void>,
): Promise<Client> {
  for (let tried = 1; ; tried += 1) {
    const { index } = hosts;
    let client: Client | undefined;
    try {
      client = newClient(hosts);
      client.on("error", () => undefined);
      await client.connect();
      if (hosts.count > 1) await refuseStandby(client);
      await begin(client);
      return client;
    } catch (cause) {
      void client?.end().catch(() => undefined);
      hosts.next(index);
      if (cause instanceof ControlPlaneError || tried >= hosts.count) throw unavailable(cause);
    }
  }
}

/** Without a schema yet. */
function newClient(hosts: PostgresHosts): Client {
  return new Client({
    fallback_application_name: "flawless control-plane",
    ...hosts.config,
    keepAlive: true,
    // What does not need the answer to what was sent before is sent at once.
    pipeline: true,
    ...limits,
  });
}

/** The error for what was not done. */
export function unavailable(cause: unknown): ControlPlaneError {
  if (cause instanceof ControlPlaneError) return cause;
  return new ControlPlaneError(
    "STORE_UNAVAILABLE",
    "The store is unavailable, and nothing was changed. Try again later.",
    { cause },
  );
}
