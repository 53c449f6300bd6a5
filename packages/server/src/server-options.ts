import {
  checkIrohOptions,
  type IrohOptions,
  type TlsFiles,
  type TlsIdentity,
  type TokenList,
} from "@flawless-ts/http-service/program";
import { type DurationLike, InvalidOptionError } from "@flawless-ts/wasm-module";
import { optionNames, refuseUnknownOptions } from "@flawless-ts/wasm-module/internal";
import type { Logger } from "pino";
import type { ApiLimits } from "./api/api-options.ts";
import type { EngineLimitOptions } from "./engine/limits.ts";
import type { EngineObserver } from "./engine/index.ts";
import type { PostgresJournalOptions } from "./cluster/postgres-options.ts";
import { maxEngines } from "./division-limits.ts";
import { isNumberOfEngines } from "./engines/engine-directories.ts";
import { checkExecutorOptions, type ExecutorOptions } from "./executor/executor-options.ts";
import type { NetworkRules } from "./network/network-rules.ts";

/** Where to store everything, if not in a directory. */
export interface JournalOptions {
  /** One or more PostgreSQL databases. */
  readonly postgres: PostgresJournalOptions;
}

/** Options of `startServer`. */
export interface ServerOptions {
  /** The data directory; created if missing. Only one server at a time can use it. Set either this or `journal`. */
  readonly directory?: string | undefined;
  /** Stores everything in PostgreSQL instead, and makes this server a node of a cluster. */
  readonly journal?: JournalOptions | undefined;
  /**
   * Among how many engines the workflows of `directory` are divided, each with a journal of its own and a thread that also
   * serves callers: as many cores can take part. It counts when the directory is first used, and can't be changed there.
   * Default: as many as the directory has, 1 in a new one.
   */
  readonly engines?: number | undefined;
  /** The address to listen on. Default `127.0.0.1`, which only this machine can reach. */
  readonly host?: string | undefined;
  /** The port to listen on; 0 picks a free port. Default 27288. */
  readonly port?: number | undefined;
  /**
   * The tokens that callers of the API need; a `TokenList` can be changed while the server runs. Default: the API is open to
   * anybody who can reach it.
   */
  readonly tokens?: readonly string[] | TokenList | undefined;
  /** The certificate to serve HTTPS with; a `TlsIdentity` can be changed while the server runs. Default: HTTP. */
  readonly tls?: TlsFiles | TlsIdentity | undefined;
  /**
   * The origins of web pages that may use the API from browsers, such as `https://app.example.com`. They still need a token if
   * `tokens` is set. Default: none.
   */
  readonly allowedOrigins?: readonly string[] | undefined;
  /** The hosts that workflows may send requests to. Default: all. */
  readonly network?: NetworkRules | undefined;
  /** Allows deploying different bytes under the same name and version. Default false. */
  readonly development?: boolean | undefined;
  /** Observe the engine, as `@flawless-ts/opentelemetry` does. Default: only the server's own metrics. */
  readonly observers?: readonly EngineObserver[] | undefined;
  /** Logs requests, workflows, guests and failures. Default: no log. */
  readonly logger?: Logger | undefined;
  /** The secrets that guests may read, by name. Default: none. */
  readonly secrets?: Readonly<Record<string, string>> | undefined;
  /**
   * The key, 32 bytes, that encrypts the journals of workflows that read secrets. Default: the key in the directory's file
   * `secrets.key`, which is created at the first start. In a cluster, all nodes need the same key.
   */
  readonly secretsKey?: Uint8Array | undefined;
  /**
   * How long to keep a workflow after its end, such as "30 days". After that, the workflow, its journal and its idempotency key
   * are deleted, and their space is freed. Default: forever.
   */
  readonly retain?: DurationLike | undefined;
  /** The engine's limits for guests and callers, as in a test environment. */
  readonly limits?: EngineLimitOptions | undefined;
  /** The API's limits for callers: connections, request sizes and rates. */
  readonly apiLimits?: ApiLimits | undefined;
  /** How many threads run guests, how long a guest may compute, and how much memory all guests may use. */
  readonly executors?: ExecutorOptions | undefined;
  /**
   * How many characters per second workflows may write to `logger`, averaged over two seconds; one module gets at most half of
   * it. Further lines are omitted from the log, but not from journals. Default 262,144.
   */
  readonly logCharactersPerSecond?: number | undefined;
  /** Makes the server reachable by ticket, too. Default: only by its URL. */
  readonly iroh?: IrohOptions | undefined;
}

const serverOptionNames = optionNames<ServerOptions>({
  directory: true,
  journal: true,
  engines: true,
  host: true,
  port: true,
  tokens: true,
  tls: true,
  allowedOrigins: true,
  network: true,
  development: true,
  observers: true,
  logger: true,
  secrets: true,
  secretsKey: true,
  retain: true,
  limits: true,
  apiLimits: true,
  executors: true,
  logCharactersPerSecond: true,
  iroh: true,
});

const networkRuleNames = optionNames<NetworkRules>({
  allowHosts: true,
  denyHosts: true,
  denyPrivate: true,
});

const journalNames = optionNames<JournalOptions>({ postgres: true });

/** @throws {InvalidOptionError} for an unknown option, or one that contradicts another */
export function checkServerOptions(options: ServerOptions): void {
  refuseUnknownOptions(options, serverOptionNames);
  checkIrohOptions(options.iroh);
  if (options.network !== undefined) {
    refuseUnknownOptions(options.network, networkRuleNames, "network");
  }
  checkExecutorOptions(options.executors ?? {});
  const { journal, directory, engines } = options;
  if (engines !== undefined && !isNumberOfEngines(engines)) {
    throw new InvalidOptionError(
      "engines",
      `expected a whole number from 1 to ${maxEngines}, but got ${String(engines)}.`,
    );
  }
  if (engines !== undefined && journal !== undefined) {
    throw new InvalidOptionError(
      "engines",
      "expected it with a directory only: nodes on PostgreSQL have partitions.",
    );
  }
  if (journal !== undefined) {
    refuseUnknownOptions(journal, journalNames, "journal");
  }
  if ((journal?.postgres === undefined) === (directory === undefined)) {
    throw new InvalidOptionError(
      "directory",
      "expected either a directory or a journal in PostgreSQL.",
    );
  }
}
