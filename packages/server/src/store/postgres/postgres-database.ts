import type { Pool, PoolClient } from "pg";
import { codeOf, failureOf, NotConnectedError } from "./postgres-errors.ts";
import { quoted } from "./postgres-schema.ts";

export type Row = Readonly<Record<string, unknown>>;
export type Parameter = string | number | boolean | Buffer | null;

export interface PostgresDatabaseOptions {
  /** Such as `postgres://USER@HOST:5432/DB?sslmode=verify-full`; what it leaves out comes from PostgreSQL's environment. */
  readonly url: string;
  /** The schema that holds all tables. Default `flawless`. */
  readonly schema?: string | undefined;
  /** How many connections there are at most. Default 8. */
  readonly connections?: number | undefined;
  /** How long a connection may take to be made, in milliseconds. Default 5,000. */
  readonly connectTimeoutMs?: number | undefined;
  /** How long an answer may take, in milliseconds, before the connection counts as lost. Default 30,000. */
  readonly answerTimeoutMs?: number | undefined;
}

/** The schema that holds all tables, unless told otherwise. */
export const defaultSchema = "flawless";

const int8 = 20;
const maxAttempts = 5;

/** One PostgreSQL database: its connections, and the name of the schema. Connections are made when they are needed. */
export class PostgresDatabase {
  /** Where it is, without a password: for messages and logs. */
  readonly name: string;
  /** The schema as an identifier in SQL. */
  readonly schema: string;
  /** The schema as it was given. */
  readonly schemaName: string;
  readonly #pool: Pool;
  readonly #answerTimeoutMs: number;
  /** Poolers that give each transaction another connection may not know prepared statements. */
  #prepares = true;

  /** @throws TypeError where the URL is none */
  static async open(options: PostgresDatabaseOptions): Promise<PostgresDatabase> {
    // Only here: who keeps workflows in SQLite need not load it.
    const { default: pg } = await import("pg");
    const parse = (type: number, format?: "text" | "binary"): ((text: string) => unknown) =>
      type === int8 ? Number : (pg.types.getTypeParser(type, format as "text") as never);
    const pool = new pg.Pool({
      connectionString: options.url,
      max: options.connections ?? 8,
      connectionTimeoutMillis: options.connectTimeoutMs ?? 5_000,
      idleTimeoutMillis: 60_000,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      fallback_application_name: "flawless",
      types: { getTypeParser: parse as typeof pg.types.getTypeParser },
    });
    // An idle connection that is lost is replaced when one is needed; whoever uses one gets the error from the statement.
    // Where nobody listens, either ends the process.
    pool.on("error", () => undefined);
    pool.on("connect", (client) => client.on("error", () => undefined));
    return new PostgresDatabase(pool, options);
  }

  private constructor(pool: Pool, options: PostgresDatabaseOptions) {
    this.#pool = pool;
    this.#answerTimeoutMs = options.answerTimeoutMs ?? 30_000;
    this.schemaName = options.schema ?? defaultSchema;
    this.schema = quoted(this.schemaName);
    this.name = withoutPassword(options.url);
  }

  /**
   * Asks, and asks again where the connection was lost: for what may be done twice.
   * @throws NotConnectedError
   * @throws Error of the database
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
   * @param name of the prepared statement that it becomes: for what is sent often
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
      lost = failureOf(error) === "unknown";
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

  /** Runs statements in one transaction; it is rolled back where `run` fails. */
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
        () => failureOf(error) === "unknown",
        () => true,
      );
      throw error;
    } finally {
      client.release(lost);
    }
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  async #connect(): Promise<PoolClient> {
    try {
      return await this.#pool.connect();
    } catch (error) {
      throw new NotConnectedError(error);
    }
  }
}

/** Sends a statement in a transaction. */
export type Ask = (text: string, values?: readonly Parameter[]) => Promise<readonly Row[]>;

/** A URL as it may be logged: passwords may stand before the host and in the query. */
export function withoutPassword(url: string): string {
  try {
    const parsed = new URL(url);
    const user = parsed.username === "" ? "" : `${parsed.username}@`;
    return `${parsed.protocol}//${user}${parsed.host}${parsed.pathname}`;
  } catch {
    return "the database";
  }
}
