import type { ClientConfig, Pool, PoolClient } from "pg";
import {
  codeOf,
  failureOf,
  isLost,
  NotConnectedError,
  PostgresHosts,
  reasonOf,
  refuseStandby,
} from "@flawless-ts/http-service/postgres";
import { EngineError } from "../../errors.ts";
import { arrayParameter } from "./array-parameters.ts";
import { quoted } from "./postgres-schema.ts";

export type Row = Readonly<Record<string, unknown>>;
export type Parameter = string | number | boolean | Buffer | null;

export interface PostgresDatabaseOptions {
  /**
   * Such as `postgres://USER@HOST:5432/DB?sslmode=verify-full`. What it omits comes from PostgreSQL's environment
   * variables (`PGPASSWORD`, `PGSSLMODE`). With several hosts, as in `postgres://A:5432,B:5432/DB`, the one that can be
   * written to is used.
   */
  readonly url: string;
  /** The schema that holds all tables. Default `flawless`. */
  readonly schema?: string | undefined;
  /** The max number of connections. Default 8. */
  readonly connections?: number | undefined;
  /** How long connecting may take, in milliseconds. Default 5,000. */
  readonly connectTimeoutMs?: number | undefined;
  /** How long an answer may take, in milliseconds, before the connection counts as lost. Default 30,000. */
  readonly answerTimeoutMs?: number | undefined;
}

/** The default schema, which holds all tables. */
export const defaultSchema = "flawless";

const int8 = 20;
const maxAttempts = 5;

/** One PostgreSQL database: its connections and the name of the schema. Connects when needed. */
export class PostgresDatabase {
  /** Where it is, without the password: for messages and logs. */
  readonly name: string;
  /** The schema as an SQL identifier. */
  readonly schema: string;
  /** The schema's name as given. */
  readonly schemaName: string;
  readonly #pool: Pool;
  readonly #answerTimeoutMs: number;
  readonly #hosts: PostgresHosts;
  /** False behind a pooler that gives each transaction another connection and may not support them. */
  #prepares = true;

  /** @throws EngineError `INVALID_REQUEST` if the URL is invalid, or names files that can't be read */
  static async open(options: PostgresDatabaseOptions): Promise<PostgresDatabase> {
    // Only imported here: those who store workflows in SQLite needn't load it.
    const { default: pg } = await import("pg");
    const parse = (type: number, format?: "text" | "binary"): ((text: string) => unknown) =>
      type === int8 ? Number : (pg.types.getTypeParser(type, format as "text") as never);
    const hosts = new PostgresHosts(options.url, { refuse: toInvalidRequest });
    class HostClient extends pg.Client {
      constructor(config: ClientConfig) {
        super({ ...config, ...hosts.config });
      }
    }
    try {
      // This reads certificates, but doesn't connect.
      void new HostClient({});
    } catch (cause) {
      const message = `Can't use ${hosts.name}: ${reasonOf(cause)}`;
      throw new EngineError("INVALID_REQUEST", message, { cause });
    }
    const pool = new pg.Pool({
      Client: HostClient as typeof pg.Client,
      ...(hosts.count > 1 ? { verify: verifyWritable } : {}),
      max: options.connections ?? 8,
      connectionTimeoutMillis: options.connectTimeoutMs ?? 5_000,
      idleTimeoutMillis: 60_000,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      fallback_application_name: "flawless",
      types: { getTypeParser: parse as typeof pg.types.getTypeParser },
    });
    // A lost idle connection is replaced when needed, and for one in use the statement fails. Without a listener,
    // either event would end the process.
    pool.on("error", () => undefined);
    pool.on("connect", (client) => client.on("error", () => undefined));
    return new PostgresDatabase(pool, hosts, options);
  }

  private constructor(pool: Pool, hosts: PostgresHosts, options: PostgresDatabaseOptions) {
    this.#pool = pool;
    this.#hosts = hosts;
    this.#answerTimeoutMs = options.answerTimeoutMs ?? 30_000;
    this.schemaName = options.schema ?? defaultSchema;
    this.schema = quoted(this.schemaName);
    this.name = hosts.name;
  }

  /**
   * Runs a query, and retries it if the connection is lost: for statements that are safe to run twice.
   * @throws NotConnectedError
   * @throws Error from the database
   */
  async query(text: string, values: readonly Parameter[] = []): Promise<readonly Row[]> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.once(text, values);
      } catch (error) {
        const failure = error instanceof NotConnectedError ? "refused" : failureOf(error);
        const again = failure === "unknown" || failure === "repeatable";
        if (!again || attempt >= maxAttempts) {
          throw error;
        }
      }
    }
  }

  /**
   * Sends one statement, once.
   * @param name makes it a prepared statement of this name: for frequent statements
   */
  async once(text: string, values: readonly Parameter[], name?: string): Promise<readonly Row[]> {
    const client = await this.#connect();
    let lost: Error | boolean = true;
    try {
      const prepared = name !== undefined && this.#prepares;
      const config = {
        text,
        values: [...values],
        query_timeout: this.#answerTimeoutMs,
        ...(prepared ? { name } : {}),
      };
      const { rows } = await client.query<Row>(config);
      lost = false;
      return rows;
    } catch (error) {
      lost = isLost(error);
      const code = codeOf(error);
      if (code === "26000" || code === "42P05") {
        this.#prepares = false;
        lost = true;
      }
      throw error;
    } finally {
      client.release(lost);
    }
  }

  /** Runs statements in one transaction, which is rolled back if `run` fails. */
  async transaction<T>(run: (ask: Ask) => Promise<T>): Promise<T> {
    const client = await this.#connect();
    let lost = true;
    const ask: Ask = async (text, values = []) => {
      const config = { text, values: [...values], query_timeout: this.#answerTimeoutMs };
      return (await client.query<Row>(config)).rows;
    };
    try {
      await ask("BEGIN");
      const result = await run(ask);
      await ask("COMMIT");
      lost = false;
      return result;
    } catch (error) {
      lost = await ask("ROLLBACK").then(
        () => isLost(error),
        () => true,
      );
      throw error;
    } finally {
      client.release(lost);
    }
  }

  /**
   * Listens to the nodes' notices for this schema, on a separate connection.
   *
   * @param lost called once if the connection is lost
   * @returns a function that stops listening
   * @throws NotConnectedError
   * @throws Error from the database
   */
  async listen(heard: (notice: string) => void, lost: () => void): Promise<() => void> {
    const client = await this.#connect();
    let listens = true;
    const end = (): void => {
      if (listens) {
        listens = false;
        client.release(true);
      }
    };
    client.on("notification", ({ payload = "" }) => {
      if (listens) {
        heard(payload);
      }
    });
    const broke = (): void => {
      if (listens) {
        end();
        lost();
      }
    };
    client.on("end", broke).on("error", broke);
    try {
      const listening = { text: `LISTEN ${this.schema}`, query_timeout: this.#answerTimeoutMs };
      await client.query(listening);
      return end;
    } catch (error) {
      end();
      throw error;
    }
  }

  /** Sends notices to those who listen. */
  async notify(notices: readonly string[]): Promise<void> {
    await this.query("SELECT pg_notify($1, n) FROM unnest($2::text[]) AS n", [
      this.schemaName,
      arrayParameter("text", notices),
    ]);
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  async #connect(): Promise<PoolClient> {
    for (let tried = 1; ; tried += 1) {
      const host = this.#hosts.index;
      try {
        return await this.#pool.connect();
      } catch (error) {
        this.#hosts.next(host);
        if (tried >= this.#hosts.count) {
          throw new NotConnectedError(error);
        }
      }
    }
  }
}

function verifyWritable(client: PoolClient, verified: (error?: Error) => void): void {
  refuseStandby(client).then(() => verified(), verified);
}

function toInvalidRequest(problem: string): EngineError {
  return new EngineError("INVALID_REQUEST", problem.replace(/^e/, "E"));
}

/** Sends a statement in a transaction. */
export type Ask = (text: string, values?: readonly Parameter[]) => Promise<readonly Row[]>;
