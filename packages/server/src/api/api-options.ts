import {
  defaultServiceLimits,
  type ResolvedServiceLimits,
  type ServiceLimits,
  type TlsFiles,
  type TlsIdentity,
  type TokenList,
} from "@flawless-ts/http-service/program";
import type { Logger } from "pino";
import type { ClusterNode } from "../cluster/cluster-node.ts";
import type { Peers } from "../cluster/peers.ts";
import type { WorkflowWatch } from "../engine/index.ts";
import type { Backup } from "../maintenance/backups.ts";
import type { ServerMetrics } from "../metrics/server-metrics.ts";

/** Limits of the API against clients that send too much, too slowly or too often. */
export interface ApiLimits extends ServiceLimits {
  /** The largest module, in bytes. Default 32 MiB. */
  readonly moduleBytes?: number | undefined;
  /** The largest body in which a worker reports activities' results, in bytes. Default 32 MiB. */
  readonly activityBytes?: number | undefined;
  /** Callers that may wait for a start's response or a workflow's end; more are refused with 429. Default 10,000. */
  readonly waitingCallers?: number | undefined;
  /** Pages that may be kept up to date at once. Default 1,000. */
  readonly eventStreams?: number | undefined;
}

/** What the API needs of a cluster. */
export interface ClusterApi {
  readonly node: ClusterNode;
  readonly peers: Peers;
  /** The names of the databases, in their order. */
  readonly databases: readonly string[];
  /** How many requests may wait for other nodes at the same time. */
  readonly maxRequests: number;
}

/** Options of `createApi`. */
export interface ApiOptions {
  /**
   * Whoever calls a route under `/api` has to show one of these (`Authorization: Bearer TOKEN`). Left out, the API is
   * open to all who reach it. A list of the class `TokenList` can be changed while the API runs.
   */
  readonly tokens?: readonly string[] | TokenList | undefined;
  /** Serves HTTPS with it. Default: HTTP. */
  readonly tls?: TlsFiles | TlsIdentity | undefined;
  /** The origins of web pages that may use the API. Default: none. */
  readonly allowedOrigins?: readonly string[] | undefined;
  /** Requests wait for it. Default: none waits. */
  readonly opened?: Promise<void> | undefined;
  /** Where the API logs to. Default: nowhere. */
  readonly logger?: Logger | undefined;
  readonly limits?: ApiLimits | undefined;
  /** Makes what `GET /api/backup` answers. Default: there is no such route. */
  readonly backup?: (() => Promise<Backup>) | undefined;
  /** What `GET /metrics` tells. Default: there is no such route. */
  readonly metrics?: ServerMetrics | undefined;
  /** Shows the cluster, and lets requests come to the nodes that can answer them. Default: there is no other node. */
  readonly cluster?: ClusterApi | undefined;
  /** By which open pages learn of changes; the engine has to have its observer. Default: they look every 2 seconds. */
  readonly watch?: WorkflowWatch | undefined;
}

/** {@link ApiLimits} with the defaults filled in. */
export type ResolvedApiLimits = ResolvedServiceLimits & {
  readonly moduleBytes: number;
  readonly activityBytes: number;
  readonly waitingCallers: number;
  readonly eventStreams: number;
};

/** The defaults that {@link ApiLimits} tells. */
export const defaultApiLimits: ResolvedApiLimits = {
  ...defaultServiceLimits,
  moduleBytes: 32 * 1024 * 1024,
  activityBytes: 32 * 1024 * 1024,
  waitingCallers: 10_000,
  eventStreams: 1_000,
};
