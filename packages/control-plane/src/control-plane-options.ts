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
   * Where jobs, workers and blobs are kept; it is made if need be. One control plane at a time can use it. Needed unless
   * `store` is a database.
   */
  readonly directory?: string | undefined;
  /** When something counts as lost, and how often a job is handed out. */
  readonly rules?: Partial<QueueRules> | undefined;
  /** For tests. Default: the machine's clock. */
  readonly clock?: Clock | undefined;
  /**
   * A PostgreSQL database in place of the directory: any number of control planes may use it, all of them equal. Or, for
   * tests, where the queue is kept in place of a SQLite file in the directory; it is closed with the control plane.
   */
  readonly store?: Store | { readonly postgres: PostgresOptions } | undefined;
  /** The address to listen on. Default `127.0.0.1`, which only this machine can reach. */
  readonly host?: string | undefined;
  /** The port to listen on; 0 for any that is free. Default 3020. */
  readonly port?: number | undefined;
  /** Where others reach this node, who may not be on this machine. Default: where it listens. */
  readonly advertisedUrl?: string | undefined;
  /**
   * Callers have to show one of these; a `TokenList` can be changed while the server runs. Default: the API is open to all
   * who reach it.
   */
  readonly tokens?: readonly string[] | TokenList | undefined;
  /** Serves HTTPS with it; a `TlsIdentity` can be changed while the server runs. Default: HTTP. */
  readonly tls?: TlsFiles | TlsIdentity | undefined;
  /**
   * The origins of web pages that may use the API from browsers, such as `https://app.example.com`. They have to show a token
   * where one is wanted. Default: none.
   */
  readonly allowedOrigins?: readonly string[] | undefined;
  /** The name of this node. Default: the machine's. */
  readonly nodeId?: string | undefined;
  /** The Flawless server to look after; `null`: none. Default `http://127.0.0.1:27288`. */
  readonly flawlessUrl?: string | null | undefined;
  /** What the Flawless server wants as a token. Default: none. */
  readonly flawlessToken?: string | undefined;
  /** Certificate authorities (PEM) to trust for the Flawless server, in place of the usual ones. */
  readonly flawlessCa?: string | undefined;
  /** The Flawless server's URL for workers, who may not be on this machine. Default: `flawlessUrl`. */
  readonly advertisedFlawlessUrl?: string | undefined;
  /** The modules to deploy there: bytes, paths, or file URLs. Default: `flawless-ts-crawler` 0.1.8, which comes with this package: workers run it where nobody deployed `crawler`. */
  readonly modules?: readonly ModuleSource[] | undefined;
  /** Where requests, lost workers and failures are logged to. Default: nowhere. */
  readonly logger?: Logger | undefined;
  /** What the API allows callers: connections, sizes of requests, their rate. */
  readonly apiLimits?: ControlPlaneLimits | undefined;
  /**
   * Lets the node be reached by a ticket, too, which leads to its Flawless server as well: workers need nothing else.
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

/** @throws {InvalidOptionError} for an option that does not exist */
export function checkControlPlaneOptions(options: ControlPlaneServerOptions): void {
  refuseUnknownOptions(options, names);
  checkIrohOptions(options.iroh);
  if (options.rules !== undefined) refuseUnknownOptions(options.rules, ruleNames, "rules");
}
