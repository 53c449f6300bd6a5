import { Client, type QueryResultRow } from "pg";
import { ControlPlaneError } from "../../errors.ts";
import { useSchema } from "./postgres-schema.ts";

/** Where the database is. */
export interface PostgresAddress {
  /** `postgres://USER@HOST/DATABASE`; what it leaves out comes from PostgreSQL's own environment variables. */
  readonly url: string;
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

/** Classes of SQLSTATE after which a connection is not used again: it ends, or leads to a standby. */
const lost = /^(08|57P|25006|25P03)/;

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
    const client = newClient(this.#address.url);
    // What breaks it is told to whoever uses it next; without a listener it would end the process.
    client.on("error", () => this.drop(client));
    try {
      await client.connect();
      await useSchema(client, this.#address.schema);
    } catch (cause) {
      void client.end().catch(() => undefined);
      throw unavailable(cause);
    }
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

/** Without a schema yet. */
export function newClient(url: string): Client {
  return new Client({
    connectionString: url,
    application_name: "flawless control-plane",
    keepAlive: true,
    // What does not need the answer to what was sent before is sent at once.
    pipeline: true,
    ...limits,
  });
}

/** Whether the connection can no longer be used after that error. */
export function isLost(error: unknown): boolean {
  const code = codeOf(error);
  // Errors of the network and of the client itself have no SQLSTATE, of five characters.
  return code === null || code.length !== 5 || lost.test(code);
}

/** Whether the database would refuse anything now: it has no room, is busy with locks, or faulty. */
export function isOfDatabase(error: unknown): boolean {
  return /^(53|55|57|58|XX)...$/.test(codeOf(error) ?? "");
}

/** The SQLSTATE, or Node's code. */
export function codeOf(error: unknown): string | null {
  const code = (error as { readonly code?: unknown } | null)?.code;
  return typeof code === "string" ? code : null;
}

/** The error for what was not done. */
export function unavailable(cause: unknown): ControlPlaneError {
  if (cause instanceof ControlPlaneError) return cause;
  return new ControlPlaneError(
    "STORE_UNAVAILABLE",
    "The store can't do that now, and nothing was changed. Try again later.",
    { cause },
  );
}
