import {
  checkIrohOptions,
  type IrohOptions,
  type TlsFiles,
  type TlsIdentity,
  type TokenList,
} from "@flawless-ts/http-service";
import type { ModuleSource } from "@flawless-ts/sdk";
import { optionNames, refuseUnknownOptions } from "@flawless-ts/wasm-module/internal";
import type { Logger } from "pino";
import type { ControlPlaneLimits } from "./api/api-options.ts";
import type { Clock } from "./clock.ts";
import type { QueueRules } from "./queue/queue.ts";
import type { PostgresOptions } from "./store/postgres/open-postgres.ts";
import type { Store } from "./store/store.ts";

/** Options of `startControlPlane`. */
export interface ControlPlaneServerOptions {
  /**
   * The directory for jobs, workers and blobs; created if missing. Only one control plane at a time can use it. Required
   * unless `store` is a database.
   */
  readonly directory?: string | undefined;
  /** When workers and jobs count as lost, and how often a job is handed out. */
  readonly rules?: Partial<QueueRules> | undefined;
  /** For tests. Default: the machine's clock. */
  readonly clock?: Clock | undefined;
  /**
   * A PostgreSQL database instead of the directory, which any number of equal control planes may share. Or, for tests, a store
   * for the queue instead of a SQLite file in the directory; it is closed with the control plane.
   */
  readonly store?: Store | { readonly postgres: PostgresOptions } | undefined;
  /** The address to listen on. Default `127.0.0.1`, which only this machine can reach. */
  readonly host?: string | undefined;
  /** The port to listen on; 0 picks a free port. Default 3020. */
  readonly port?: number | undefined;
  /** This node's URL for callers that may be on other machines. Default: where it listens. */
  readonly advertisedUrl?: string | undefined;
  /**
   * The tokens that callers need; a `TokenList` can be changed while the server runs. Default: the API is open to anybody who
   * can reach it.
   */
  readonly tokens?: readonly string[] | TokenList | undefined;
  /** The certificate to serve HTTPS with; a `TlsIdentity` can be changed while the server runs. Default: HTTP. */
  readonly tls?: TlsFiles | TlsIdentity | undefined;
  /**
   * The origins of web pages that may use the API from browsers, such as `https://app.example.com`. They still need a token if
   * `tokens` is set. Default: none.
   */
  readonly allowedOrigins?: readonly string[] | undefined;
  /** The name of this node. Default: the host name. */
  readonly nodeId?: string | undefined;
  /** The Flawless server to manage; `null` for none. Default `http://127.0.0.1:27288`. */
  readonly flawlessUrl?: string | null | undefined;
  /** The token for the Flawless server. Default: none. */
  readonly flawlessToken?: string | undefined;
  /** Certificate authorities (PEM) to trust for the Flawless server, instead of the system's. */
  readonly flawlessCa?: string | undefined;
  /** The Flawless server's URL for workers that may be on other machines. Default: `flawlessUrl`. */
  readonly advertisedFlawlessUrl?: string | undefined;
  /** The modules to deploy there: bytes, paths, or file URLs. Default: `flawless-ts-crawler` 0.1.8 from this package, which workers run if `crawler` is not deployed. */
  readonly modules?: readonly ModuleSource[] | undefined;
  /** Logs requests, lost workers and failures. Default: no log. */
  readonly logger?: Logger | undefined;
  /** Limits for callers of the API: connections, request sizes and rates. */
  readonly apiLimits?: ControlPlaneLimits | undefined;
  /**
   * Makes the node reachable by a ticket, too, which also leads to its Flawless server, so that workers need nothing else.
   * Default: only by its URL.
   */
  readonly iroh?: IrohOptions | undefined;
}

const names = optionNames<ControlPlaneServerOptions>({
  directory: true,
  store: true,
  rules: true,
  clock: true,
  host: true,
  port: true,
  advertisedUrl: true,
  tokens: true,
  tls: true,
  allowedOrigins: true,
  nodeId: true,
  flawlessUrl: true,
  flawlessToken: true,
  flawlessCa: true,
  advertisedFlawlessUrl: true,
  modules: true,
  logger: true,
  apiLimits: true,
  iroh: true,
});

const ruleNames = optionNames<QueueRules>({
  maxRetries: true,
  workerTimeoutMs: true,
  claimTimeoutMs: true,
  unownedTimeoutMs: true,
  forgetWorkerMs: true,
  maxWorkers: true,
});

/** @throws {InvalidOptionError} for an unknown option */
export function checkControlPlaneOptions(options: ControlPlaneServerOptions): void {
  refuseUnknownOptions(options, names);
  checkIrohOptions(options.iroh);
  if (options.rules !== undefined) refuseUnknownOptions(options.rules, ruleNames, "rules");
}
