import { isLost, type PostgresHosts, refuseStandby } from "@flawless-ts/http-service/postgres";
import { Client, type QueryResultRow } from "pg";
import { ControlPlaneError } from "../../errors.ts";
import { useSchema } from "./postgres-schema.ts";

/** The location of the database. */
export interface PostgresAddress {
  readonly hosts: PostgresHosts;
  readonly schema: string;
}

/** In milliseconds. Our statements take milliseconds: any longer means waiting for locks, or for nothing. */
const limits = {
  connectionTimeoutMillis: 5_000,
  statement_timeout: 20_000,
  lock_timeout: 10_000,
  // A node that was suspended in the middle of a transaction must not lock its rows for others.
  idle_in_transaction_session_timeout: 5_000,
  query_timeout: 25_000,
};

/** A connection to the database, reopened after it broke. It must have one user at a time. */
export class PostgresConnection {
  readonly #address: PostgresAddress;
  #client: Client | null = null;
  #closed = false;

  constructor(address: PostgresAddress) {
    this.#address = address;
  }

  /**
   * Runs statements, each in its own transaction.
   *
   * @throws ControlPlaneError `STORE_UNAVAILABLE` if the database can't be reached; otherwise the database's error
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
      // The next user gets the error; without a listener it would end the process.
      made.on("error", () => this.drop(made));
      await useSchema(made, this.#address.schema);
    });
    this.#client = client;
    return client;
  }

  /** The next use opens a new connection. */
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
 * A connection to the writable server.
 *
 * @param begin prepares the connection before its use
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

/** A client without a schema yet. */
function newClient(hosts: PostgresHosts): Client {
  return new Client({
    fallback_application_name: "flawless control-plane",
    ...hosts.config,
    keepAlive: true,
    // Statements that don't depend on earlier results are sent immediately.
    pipeline: true,
    ...limits,
  });
}

/** The error if nothing was done. */
export function unavailable(cause: unknown): ControlPlaneError {
  if (cause instanceof ControlPlaneError) return cause;
  return new ControlPlaneError(
    "STORE_UNAVAILABLE",
    "The store is unavailable, and nothing was changed. Try again later.",
    { cause },
  );
}
