import { hostname } from "node:os";
import { randomBytes } from "node:crypto";
import { parsePostgresUrl } from "@flawless-ts/http-service/postgres";
import { type DurationLike, InvalidOptionError } from "@flawless-ts/wasm-module";
import {
  optionNames,
  parseDuration,
  refuseUnknownOptions,
} from "@flawless-ts/wasm-module/internal";
import { maxPartitions } from "../division-limits.ts";

/** Where a cluster stores its workflows, and this node's part in it. */
export interface PostgresJournalOptions {
  /**
   * One PostgreSQL database or several, such as `postgres://USER@HOST/DB`: all nodes name the same ones in the same
   * order. What a URL omits comes from PostgreSQL's own environment variables (`PGPASSWORD`, `PGSSLMODE` and so on).
   */
  readonly urls: readonly string[];
  /** The schema that holds the tables; created if missing. Default `flawless`. */
  readonly schema?: string | undefined;
  /** The node's name, unique in the cluster. Default: the machine's name and some random letters. */
  readonly nodeId?: string | undefined;
  /** The URL at which other nodes reach this one. Default: where it listens, maybe reachable only on this machine. */
  readonly advertiseUrl?: string | undefined;
  /** The number of partitions for all workflows: 1 to 4,096. Only used at the first start. Default 32. */
  readonly partitions?: number | undefined;
  /**
   * How long a node may run its partitions without renewing its claim, which it does five times as often: 500 ms to
   * an hour. If a node is lost, others take over after this time. Default 5 seconds.
   */
  readonly lease?: DurationLike | undefined;
  /** The max number of connections to each database, in addition to two for leases. Default 8. */
  readonly connections?: number | undefined;
}

const names = optionNames<PostgresJournalOptions>({
  urls: true,
  schema: true,
  nodeId: true,
  advertiseUrl: true,
  partitions: true,
  lease: true,
  connections: true,
});

/** {@link PostgresJournalOptions} with the defaults filled in. */
export interface ResolvedPostgresOptions extends Pick<
  PostgresJournalOptions,
  "urls" | "schema" | "partitions" | "connections"
> {
  readonly nodeId: string;
  readonly advertiseUrl: string | undefined;
  readonly leaseMs: number;
}

const prefix = "journal.postgres";
const defaultLeaseMs = 5_000;
const minLeaseMs = 500;
const maxLeaseMs = 3_600_000;
const maxDatabases = 64;

/**
 * @param host where the server listens
 * @throws InvalidOptionError
 */
export function resolvePostgresOptions(
  options: PostgresJournalOptions,
  host: string,
): ResolvedPostgresOptions {
  refuseUnknownOptions(options, names, prefix);
  const { urls, schema, partitions, connections } = options;
  if (!Array.isArray(urls) || urls.length === 0 || urls.length > maxDatabases) {
    throw new InvalidOptionError(`${prefix}.urls`, `expected 1 to ${maxDatabases} URLs.`);
  }
  for (const url of urls) {
    parsePostgresUrl(url, {
      refuse: (problem) => new InvalidOptionError(`${prefix}.urls`, problem),
    });
  }
  if (schema !== undefined && (schema === "" || schema.length > 63)) {
    throw new InvalidOptionError(`${prefix}.schema`, "expected a name of 1 to 63 characters.");
  }
  if (connections !== undefined && !(Number.isInteger(connections) && connections >= 2)) {
    throw new InvalidOptionError(`${prefix}.connections`, "expected a whole number from 2 on.");
  }
  if (
    partitions !== undefined &&
    !(Number.isInteger(partitions) && partitions >= 1 && partitions <= maxPartitions)
  ) {
    throw new InvalidOptionError(
      `${prefix}.partitions`,
      `expected a whole number from 1 to ${maxPartitions}.`,
    );
  }
  const nodeId = options.nodeId ?? `${hostname()}-${randomBytes(4).toString("hex")}`;
  if (!/^[\x21-\x7e]{1,200}$/.test(nodeId)) {
    throw new InvalidOptionError(`${prefix}.nodeId`, "expected 1 to 200 visible ASCII characters.");
  }
  return {
    urls,
    schema,
    partitions,
    connections,
    nodeId,
    advertiseUrl: advertised(options.advertiseUrl, host),
    leaseMs: leaseMsOf(options.lease),
  };
}

function advertised(url: string | undefined, host: string): string | undefined {
  if (url === undefined) {
    if (host === "0.0.0.0" || host === "::") {
      throw new InvalidOptionError(
        `${prefix}.advertiseUrl`,
        `expected the URL at which other nodes reach this one, as it listens on all addresses (${host}).`,
      );
    }
    return undefined;
  }
  const parsed = URL.parse(url);
  if (parsed === null || !/^https?:$/.test(parsed.protocol) || parsed.search + parsed.hash !== "") {
    throw new InvalidOptionError(
      `${prefix}.advertiseUrl`,
      `expected a URL such as http://10.0.0.7:27288, but got ${JSON.stringify(url)}.`,
    );
  }
  return url.replace(/\/+$/, "");
}

function leaseMsOf(lease: DurationLike | undefined): number {
  let leaseMs: number;
  try {
    leaseMs = lease === undefined ? defaultLeaseMs : parseDuration(lease);
  } catch (error) {
    throw new InvalidOptionError(`${prefix}.lease`, `${(error as TypeError).message}.`);
  }
  if (leaseMs < minLeaseMs || leaseMs > maxLeaseMs) {
    throw new InvalidOptionError(`${prefix}.lease`, "expected 500 ms to an hour.");
  }
  return leaseMs;
}
