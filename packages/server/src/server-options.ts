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
import { checkExecutorOptions, type ExecutorOptions } from "./executor/executor-options.ts";
import type { NetworkRules } from "./network/network-rules.ts";

/** Where else than in a directory everything may be kept. */
export interface JournalOptions {
  /** In one PostgreSQL database or several. */
  readonly postgres: PostgresJournalOptions;
}

/** Options of `startServer`. */
export interface ServerOptions {
  /** Where everything is kept; it is made if need be. One server at a time can use it. Either this or `journal` is given. */
  readonly directory?: string | undefined;
  /** Keeps everything in PostgreSQL instead, where this server is a node of a cluster. */
  readonly journal?: JournalOptions | undefined;
  /** The address to listen on. Default `127.0.0.1`, which only this machine can reach. */
  readonly host?: string | undefined;
  /** The port to listen on; 0 for any that is free. Default 27288. */
  readonly port?: number | undefined;
  /**
   * Callers of the API have to show one of these; a `TokenList` can be changed while the server runs. Default: the API is
   * open to all who reach it.
   */
  readonly tokens?: readonly string[] | TokenList | undefined;
  /** Serves HTTPS with it; a `TlsIdentity` can be changed while the server runs. Default: HTTP. */
  readonly tls?: TlsFiles | TlsIdentity | undefined;
  /**
   * The origins of web pages that may use the API from browsers, such as `https://app.example.com`. They have to show a token
   * where one is wanted. Default: none.
   */
  readonly allowedOrigins?: readonly string[] | undefined;
  /** Which hosts workflows may send requests to. Default: all. */
  readonly network?: NetworkRules | undefined;
  /** Lets other bytes be deployed under the same name and version. Default false. */
  readonly development?: boolean | undefined;
  /** Hear what the engine does, as `@flawless-ts/opentelemetry` does. Default: nobody but the server's own metrics. */
  readonly observers?: readonly EngineObserver[] | undefined;
  /** Where requests, workflows, guests and failures are logged to. Default: nowhere. */
  readonly logger?: Logger | undefined;
  /** What guests get for the names of secrets. Default: none. */
  readonly secrets?: Readonly<Record<string, string>> | undefined;
  /**
   * 32 bytes by which the journals of workflows that read secrets are encrypted. Default: a key in the directory, in the
   * file `secrets.key`, which is made at the first start; in a cluster all nodes have to be given the same one.
   */
  readonly secretsKey?: Uint8Array | undefined;
  /**
   * For how long a workflow is kept after its end, such as "30 days": then it, its journal and its idempotency key are
   * forgotten, and their space is given back. Default: for good.
   */
  readonly retain?: DurationLike | undefined;
  /** What the engine allows guests and callers, as in a test environment. */
  readonly limits?: EngineLimitOptions | undefined;
  /** What the API allows callers: connections, sizes of requests, their rate. */
  readonly apiLimits?: ApiLimits | undefined;
  /** How many threads run guests, how long one may compute, and how much memory all may take together. */
  readonly executors?: ExecutorOptions | undefined;
  /**
   * Characters in a second that the log lines of workflows may add to `logger`, averaged over two seconds; those of one
   * module get half of it at most. What is beyond is left out there; journals have all lines. Default 262,144.
   */
  readonly logCharactersPerSecond?: number | undefined;
  /** Lets the server be reached by a ticket, too. Default: only by its URL. */
  readonly iroh?: IrohOptions | undefined;
}

const serverOptionNames = optionNames<ServerOptions>({
  directory: true,
  journal: true,
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

/** @throws {InvalidOptionError} for an option that does not exist, or contradicts another one */
export function checkServerOptions(options: ServerOptions): void {
  refuseUnknownOptions(options, serverOptionNames);
  checkIrohOptions(options.iroh);
  if (options.network !== undefined) {
    refuseUnknownOptions(options.network, networkRuleNames, "network");
  }
  checkExecutorOptions(options.executors ?? {});
  const { journal, directory } = options;
  if (journal !== undefined) {
    refuseUnknownOptions(journal, journalNames, "journal");
  }
  if ((journal?.postgres === undefined) === (directory === undefined)) {
    throw new InvalidOptionError(
      "directory",
      "expected either a directory, or a journal in PostgreSQL.",
    );
  }
}
