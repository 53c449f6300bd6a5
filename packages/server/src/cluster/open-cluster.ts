import type { Logger } from "pino";
import { ActivityQueues } from "../activities/index.ts";
import type { ExecutorOptions } from "../executor/executor-options.ts";
import { Engine, type EngineOptions, EngineShare } from "../engine/index.ts";
import { resolveEngineLimits } from "../engine/limits.ts";
import { combineObservers } from "../engine/observing/index.ts";
import { ExecutorPool } from "../executor/executor-pool.ts";
import { retain } from "../maintenance/retain.ts";
import type { MeasuredEngine } from "../metrics/engine-metrics.ts";
import type { ClusterFigures } from "../metrics/scraped-metrics.ts";
import type { Seal } from "../store/seal.ts";
import { SealedWorkflowStore } from "../store/sealed-workflow-store.ts";
import {
  type ClaimedPartition,
  CommitQueue,
  type PostgresDatabase,
  PostgresModules,
  PostgresWorkflowStore,
} from "../store/postgres/index.ts";
import { globalTimers } from "../time/timers.ts";
import { ClusterActivities } from "./cluster-activities.ts";
import { ClusterCancellations } from "./cluster-cancellations.ts";
import { ClusterEngine } from "./cluster-engine.ts";
import { ClusterNode } from "./cluster-node.ts";
import { ClusterReader } from "./cluster-reader.ts";
import { ClusterStarts } from "./cluster-starts.ts";
import { DatabaseClock } from "./database-clock.ts";
import type { Lease } from "./lease.ts";
import { whileLeased } from "./leased-http-client.ts";
import { Peers } from "./peers.ts";

/** What a node of a cluster is made of. */
export interface OpenClusterOptions {
  readonly data: readonly PostgresDatabase[];
  readonly leases: readonly PostgresDatabase[];
  readonly nodeId: string;
  readonly leaseMs: number;
  readonly graceMs: number;
  readonly partitions: number;
  readonly seal: Seal;
  readonly engineOptions: Required<
    Pick<
      EngineOptions,
      "http" | "secrets" | "development" | "limits" | "observers" | "onLog" | "onError"
    >
  >;
  readonly executors: ExecutorOptions | undefined;
  readonly retainMs: number | undefined;
  readonly logger: Logger;
}

/** A node that does not take part yet: see `ClusterNode.begin`. */
export interface OpenCluster {
  readonly engine: ClusterEngine;
  readonly node: ClusterNode;
  readonly peers: Peers;
  /** What metrics are about: this node's part. */
  readonly measured: MeasuredEngine;
  readonly figures: ClusterFigures;
  /** After all partitions were handed over. */
  close(): Promise<void>;
  /** Stops all at once. */
  kill(): Promise<void>;
}

/** Makes one engine for each partition that the node claims, all on one pool of threads, one set of limits and one of queues. */
export async function openCluster(options: OpenClusterOptions): Promise<OpenCluster> {
  const { data, seal, engineOptions, logger } = options;
  const { limits, development, observers, onError } = engineOptions;
  const executors = new ExecutorPool(options.executors);
  const modules = new PostgresModules(data, development);
  const share = new EngineShare({ modules, executors, limits, development });
  const resolved = resolveEngineLimits(limits);
  const clock = new DatabaseClock();
  const queues = new ActivityQueues({
    clock,
    timers: globalTimers,
    limits: {
      leaseMs: resolved.activityLeaseMs,
      workers: resolved.activityWorkers,
      textCharacters: resolved.textCharacters,
    },
    observer: combineObservers(observers, onError),
  });
  const commits = data.map((database) => new CommitQueue(database));
  let fencesFailed = 0;

  const open = async (claimed: ClaimedPartition, lease: Lease): Promise<Engine> => {
    const { partition } = claimed;
    const index = partition % data.length;
    const inner = await PostgresWorkflowStore.open(
      data[index] as PostgresDatabase,
      commits[index] as CommitQueue,
      claimed,
      options.partitions,
    );
    const store = new SealedWorkflowStore(inner, seal);
    const engine = await Engine.open({
      ...engineOptions,
      clock,
      http: whileLeased(engineOptions.http, lease),
      store,
      executors,
      share,
      activities: queues,
      ids: { count: options.partitions, index: partition },
      onFenced: () => {
        fencesFailed += 1;
        logger.warn({ partition, epoch: claimed.epoch }, "a partition has another owner");
        node.lose(claimed);
      },
    });
    const retention = retain(store, options.retainMs, logger, clock);
    void engine.closed.then(() => retention?.stop());
    logger.debug({ partition, epoch: claimed.epoch }, "a partition runs here");
    return engine;
  };
  const node = new ClusterNode({
    id: options.nodeId,
    databases: options.leases,
    partitions: options.partitions,
    leaseMs: options.leaseMs,
    graceMs: options.graceMs,
    timers: globalTimers,
    clock,
    open,
    onError: (error) => logger.error({ err: error }, "a partition could not be opened or closed"),
  });
  const peers = new Peers(options.nodeId);
  const reader = new ClusterReader(data, options.partitions, seal);
  const close = async (): Promise<void> => {
    queues.close();
    await peers.close();
    await executors.close();
  };
  try {
    await share.modules.load();
  } catch (error) {
    await close();
    throw error;
  }
  if (share.modules.list().length > 0) {
    executors.warmUp();
  }
  const engine = new ClusterEngine({
    node,
    reader,
    share,
    executors,
    starts: new ClusterStarts(node, share, reader, development),
    cancellations: new ClusterCancellations(node, reader, peers),
    activities: new ClusterActivities(queues, node, peers),
    timers: globalTimers,
  });
  return {
    engine,
    node,
    peers,
    measured: {
      statistics: () => engine.statistics(),
      counts: () => engine.counts(),
      health: () => engine.health(),
      activities: queues,
    },
    figures: {
      partitionsOwned: () => node.open.length,
      fencesFailed: () => fencesFailed,
      requestsPassedOn: () => peers.passedOn,
      lagMs: () => Math.max(...node.sights.map(({ lagMs }) => lagMs), 0),
    },
    close,
    kill: async () => {
      await node.kill();
      await close();
    },
  };
}
