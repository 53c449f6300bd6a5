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
import type { PartitionNode } from "../cluster/partition-node.ts";
import type { Peers } from "../cluster/peers.ts";
import type { WorkflowWatch } from "../engine/index.ts";
import type { EngineDivision } from "../engines/engine-directories.ts";
import type { Backup } from "../maintenance/backups.ts";
import type { ServerMetrics } from "../metrics/server-metrics.ts";

/** Limits that protect the API from clients that send too much, too slowly or too often. */
export interface ApiLimits extends ServiceLimits {
  /** The max size of a module, in bytes. Default 32 MiB. */
  readonly moduleBytes?: number | undefined;
  /** The max size of a body with which a worker reports activity results, in bytes. Default 32 MiB. */
  readonly activityBytes?: number | undefined;
  /** The max number of callers that wait for a start's response or a workflow's end; more are refused with 429. Default 10,000. */
  readonly waitingCallers?: number | undefined;
  /** The max number of pages that are kept up to date. Default 1,000. */
  readonly eventStreams?: number | undefined;
}

/** What the API needs if other nodes, or other engines of the server, also have workflows. */
export interface ClusterApi {
  readonly node: PartitionNode;
  readonly peers: Peers;
  /** The cluster to show, with the names of its databases, in order. Default: none is shown. */
  readonly shown?:
    { readonly node: ClusterNode; readonly databases: readonly string[] } | undefined;
  /** The node that runs this partition deploys modules and makes backups. Default: any node does. */
  readonly centralPartition?: number | undefined;
  /** The max number of requests that wait for other nodes. */
  readonly maxRequests: number;
}

/** Options of `createApi`. */
export interface ApiOptions {
  /**
   * The tokens that callers of `/api` need (`Authorization: Bearer TOKEN`). Without this option, the API is open to anybody who
   * can reach it. A `TokenList` can be changed while the API runs.
   */
  readonly tokens?: readonly string[] | TokenList | undefined;
  /** The certificate to serve HTTPS with. Default: HTTP. */
  readonly tls?: TlsFiles | TlsIdentity | undefined;
  /** The origins of web pages that may use the API. Default: none. */
  readonly allowedOrigins?: readonly string[] | undefined;
  /** Requests wait for this promise. Default: they don't wait. */
  readonly opened?: Promise<void> | undefined;
  /** The API's log. Default: no log. */
  readonly logger?: Logger | undefined;
  readonly limits?: ApiLimits | undefined;
  /** Creates the response of `GET /api/backup`. Default: there is no such route. */
  readonly backup?: (() => Promise<Backup>) | undefined;
  /** How workflows are divided among the engines of a directory. Default: there is one engine. */
  readonly division?: EngineDivision | undefined;
  /** The metrics of `GET /metrics`. Default: there is no such route. */
  readonly metrics?: ServerMetrics | undefined;
  /** Shows the cluster, and forwards requests to the nodes that can handle them. Default: there is no other node. */
  readonly cluster?: ClusterApi | undefined;
  /** Notifies open pages of changes; its observer must be registered with the engine. Default: pages check every 2 seconds. */
  readonly watch?: WorkflowWatch | undefined;
}

/** {@link ApiLimits} with the defaults filled in. */
export type ResolvedApiLimits = ResolvedServiceLimits & {
  readonly moduleBytes: number;
  readonly activityBytes: number;
  readonly waitingCallers: number;
  readonly eventStreams: number;
};

/** The defaults of {@link ApiLimits}. */
export const defaultApiLimits: ResolvedApiLimits = {
  ...defaultServiceLimits,
  moduleBytes: 32 * 1024 * 1024,
  activityBytes: 32 * 1024 * 1024,
  waitingCallers: 10_000,
  eventStreams: 1_000,
};
