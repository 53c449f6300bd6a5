import type { ConnectionOptions } from "node:tls";
import { tlsOptionsOf } from "./encryption.ts";
import {
  parsePostgresUrl,
  type PostgresHost,
  type PostgresUrlContext,
  withoutPassword,
} from "./postgres-url.ts";

/** Where and as whom `pg` connects. */
export interface PostgresClientConfig extends Omit<PostgresHost, "encryption"> {
  readonly ssl: false | ConnectionOptions;
}

/** The servers of which one can be written: the same database, its standbys, or what takes their places. */
export class PostgresHosts {
  /** Where they are, without a password: for messages and logs. */
  readonly name: string;
  readonly #hosts: readonly PostgresHost[];
  #index = 0;

  /** @throws the error that `refuse` makes, as `parsePostgresUrl` does */
  constructor(url: string, context: PostgresUrlContext) {
    this.#hosts = parsePostgresUrl(url, context);
    this.name = withoutPassword(url);
  }

  get count(): number {
    return this.#hosts.length;
  }

  /** The number of the one that is used now. */
  get index(): number {
    return this.#index;
  }

  /** For the one that is used now. @throws Error where the files of its certificates can't be read */
  get config(): PostgresClientConfig {
    const { encryption, ...host } = this.#hosts[this.#index] as PostgresHost;
    return { ...host, ssl: tlsOptionsOf(encryption) };
  }

  /** @param from the number of what turned out not to serve: another one may have been chosen meanwhile */
  next(from: number = this.#index): void {
    if (from === this.#index) {
      this.#index = (this.#index + 1) % this.#hosts.length;
    }
  }
}

/** As much of a client of `pg` as is needed to ask it something. */
interface AskedClient {
  query(question: {
    readonly text: string;
    readonly query_timeout: number;
  }): Promise<{ readonly rows: readonly unknown[] }>;
}

const verifyTimeoutMs = 5_000;

/** A standby has all that is read, but as it was a moment ago. @throws Error where it is one, or does not answer */
export async function refuseStandby(client: AskedClient): Promise<void> {
  const question = { text: "SHOW transaction_read_only", query_timeout: verifyTimeoutMs };
  const [row] = (await client.query(question)).rows as readonly {
    readonly transaction_read_only: string;
  }[];
  if (row?.transaction_read_only === "on") {
    throw new Error("the database can't be written: it is a standby");
  }
}
