import { ActivityQueues } from "../activities/index.ts";
import type { EngineObserver, EngineShare } from "../engine/index.ts";
import { type EngineLimitOptions, resolveEngineLimits } from "../engine/limits.ts";
import { combineObservers } from "../engine/observing/index.ts";
import type { ExecutorPool } from "../executor/executor-pool.ts";
import type { MeasuredEngine } from "../metrics/engine-metrics.ts";
import type { Clock } from "../time/clock.ts";
import { globalTimers } from "../time/timers.ts";
import { ClusterActivities } from "./cluster-activities.ts";
import { ClusterCancellations } from "./cluster-cancellations.ts";
import { ClusterEngine } from "./cluster-engine.ts";
import type { ClusterReader } from "./cluster-reader.ts";
import { ClusterRestarts } from "./cluster-restarts.ts";
import { ClusterStarts } from "./cluster-starts.ts";
import type { PartitionNode } from "./partition-node.ts";
import type { Peers } from "./peers.ts";

/** The queues for the activities of all engines of a node. */
export function createQueues(options: {
  readonly clock: Clock;
  readonly limits: EngineLimitOptions;
  readonly observers: readonly EngineObserver[];
  onError(error: unknown): void;
}): ActivityQueues {
  const { activityLeaseMs, activityWorkers, textCharacters } = resolveEngineLimits(options.limits);
  return new ActivityQueues({
    clock: options.clock,
    timers: globalTimers,
    limits: { leaseMs: activityLeaseMs, workers: activityWorkers, textCharacters },
    observer: combineObservers(options.observers, options.onError),
  });
}

/** Options of {@link servePartitions}. */
export interface ServedPartitionsOptions {
  readonly node: PartitionNode;
  readonly reader: ClusterReader;
  readonly share: EngineShare;
  readonly executors: ExecutorPool;
  readonly queues: ActivityQueues;
  readonly peers: Peers;
  /** Whether the module behind a name and version may change at any time. */
  readonly development: boolean;
  readonly clock: Clock;
}

/** What the API of a node uses, and what metrics measure: this node's part. */
export function servePartitions({
  node,
  reader,
  share,
  executors,
  queues,
  peers,
  development,
  clock,
}: ServedPartitionsOptions): {
  readonly engine: ClusterEngine;
  readonly measured: MeasuredEngine;
} {
  const engine = new ClusterEngine({
    node,
    reader,
    share,
    executors,
    starts: new ClusterStarts(node, share, reader, development),
    cancellations: new ClusterCancellations(node, reader, peers),
    restarts: new ClusterRestarts(node, reader, peers),
    activities: new ClusterActivities(queues, node, peers),
    timers: globalTimers,
    clock,
  });
  const measured: MeasuredEngine = {
    statistics: () => engine.statistics(),
    counts: () => engine.counts(),
    health: () => engine.health(),
    schedules: {
      get count() {
        return node.open.reduce((sum, partition) => sum + partition.engine.schedules.count, 0);
      },
    },
    activities: queues,
  };
  return { engine, measured };
}
