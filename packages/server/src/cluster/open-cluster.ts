import type { Logger } from "pino";
import type { ExecutorOptions } from "../executor/executor-options.ts";
import { Engine, type EngineObserver, type EngineOptions, EngineShare } from "../engine/index.ts";
import { ExecutorPool } from "../executor/executor-pool.ts";
import { retain } from "../maintenance/retain.ts";
import type { MeasuredEngine } from "../metrics/engine-metrics.ts";
import type { ClusterFigures } from "../metrics/scraped-metrics.ts";
import type { Seal } from "../store/seal.ts";
import { SealedWorkflowStore } from "../store/sealed-workflow-store.ts";
import {
  type ClaimedPartition,
  CommitQueue,
  Notices,
  OutcomeTable,
  type PostgresDatabase,
  PostgresModules,
  PostgresReader,
  PostgresWorkflowStore,
} from "../store/postgres/index.ts";
import { fromPublicId } from "../workflow/workflow-id.ts";
import { globalTimers } from "../time/timers.ts";
import { AwaitedEnds } from "./awaited-ends.ts";
import type { ClusterEngine } from "./cluster-engine.ts";
import { ClusterNode } from "./cluster-node.ts";
import { ClusterReader } from "./cluster-reader.ts";
import { DatabaseClock } from "./database-clock.ts";
import { errandsNotice, ErrandPosts } from "./errand-posts.ts";
import type { Lease } from "./lease.ts";
import { whileLeased } from "./leased-http-client.ts";
import { OutcomePost } from "./outcome-post.ts";
import { PartitionElsewhere } from "./partition-elsewhere.ts";
import { PartitionOutcomes } from "./partition-outcomes.ts";
import { Peers } from "./peers.ts";
import { createQueues, servePartitions } from "./served-partitions.ts";

/** The notice by which nodes announce changes of partitions. */
const partitionsNotice = "partitions";

/** Options of {@link openCluster}. */
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

/** A node that hasn't joined yet. */
export interface OpenCluster {
  readonly engine: ClusterEngine;
  readonly node: ClusterNode;
  readonly peers: Peers;
  /** What metrics measure: this node's part. */
  readonly measured: MeasuredEngine;
  readonly figures: ClusterFigures;
  /**
   * Joins the cluster: see `ClusterNode.begin`.
   * @throws InvalidOptionError if another node has the same id
   */
  begin(url: string): Promise<void>;
  /** Resolves once requests have ended whose workflows were handed over meanwhile, and their outcomes are stored. */
  outcomesLeft(): Promise<void>;
  /** Call it after all partitions were handed over. */
  close(): Promise<void>;
  /** Stops immediately. */
  kill(): Promise<void>;
}

/** Opens an engine for each claimed partition; they share one pool of threads, one set of limits and one of queues. */
export async function openCluster(options: OpenClusterOptions): Promise<OpenCluster> {
  const { data, seal, engineOptions, logger } = options;
  const { limits, development, observers, onError } = engineOptions;
  const executors = new ExecutorPool(options.executors);
  const modules = new PostgresModules(data, development);
  const share = new EngineShare({ modules, executors, limits, development });
  const clock = new DatabaseClock();
  const queues = createQueues({ clock, limits, observers, onError });
  const reader = readerOf(data, options.partitions, seal);
  const lookMs = options.leaseMs / 20;
  const ends = new AwaitedEnds((ids) => reader.ended(ids), globalTimers, lookMs);
  const endsHere: EngineObserver = {
    workflowEnded: ({ id }) => ends.endedHere(fromPublicId(id) ?? 0),
  };
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
    const elsewhere = new PartitionElsewhere({
      partitions: options.partitions,
      reader,
      ends,
      store,
      seal,
      postTo: (number) => posts.to(number),
    });
    const post = outcomes[index] as OutcomePost;
    const engine = await Engine.open({
      ...engineOptions,
      clock,
      observers: [...engineOptions.observers, endsHere],
      http: whileLeased(engineOptions.http, lease),
      store,
      executors,
      share,
      activities: queues,
      ids: { count: options.partitions, index: partition },
      elsewhere,
      outcomes: new PartitionOutcomes({ partition, post, store, seal }),
      onFenced: () => {
        fencesFailed += 1;
        logger.warn({ partition, epoch: claimed.epoch }, "a partition has another owner");
        node.lose(claimed);
      },
    });
    const retention = retain(store, options.retainMs, logger, clock);
    void engine.closed.then(() => {
      retention?.stop();
      elsewhere.stop();
    });
    posts.serve(engine, elsewhere);
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
    say: (index) => notices[index]?.say(partitionsNotice),
    onError: (error) => logger.error({ err: error }, "a partition could not be opened or closed"),
  });
  const peers = new Peers(options.nodeId);
  const notices = options.leases.map(
    (database, index) =>
      new Notices(database, globalTimers, (notice) => {
        // An empty notice means that some may have been missed.
        if (notice !== partitionsNotice) {
          posts.look(index);
          outcomes[index]?.look();
        }
        if (notice !== errandsNotice) {
          node.hear(index);
        }
      }),
  );
  const posts = new ErrandPosts({
    databases: data,
    notices,
    node,
    lookMs,
    timers: globalTimers,
    onError: (error) => logger.warn({ err: error }, "errands between partitions have to wait"),
  });
  const outcomes = data.map(
    (database, index) =>
      new OutcomePost({
        table: new OutcomeTable(database),
        clock,
        timers: globalTimers,
        lookMs,
        say: () => notices[index]?.say(errandsNotice),
        onError: (error) => logger.warn({ err: error }, "outcomes of requests have to wait"),
      }),
  );
  const close = async (): Promise<void> => {
    queues.close();
    ends.close();
    for (const each of notices) {
      each.close();
    }
    await posts.close();
    await Promise.all(outcomes.map((post) => post.close()));
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
  const served = servePartitions({
    node,
    reader,
    share,
    executors,
    queues,
    peers,
    development,
    clock,
  });
  return {
    ...served,
    node,
    peers,
    figures: {
      partitionsOwned: () => node.open.length,
      fencesFailed: () => fencesFailed,
      requestsPassedOn: () => peers.passedOn,
      lagMs: () => Math.max(...node.sights.map(({ lagMs }) => lagMs), 0),
    },
    begin: async (url) => {
      await node.begin(url);
      posts.begin();
      for (const each of notices) {
        void each.begin();
      }
    },
    outcomesLeft: async () => {
      await Promise.all(outcomes.map((post) => post.settled()));
    },
    close,
    kill: async () => {
      await node.kill();
      await close();
    },
  };
}

function readerOf(
  databases: readonly PostgresDatabase[],
  partitions: number,
  seal: Seal,
): ClusterReader {
  const all = Array.from({ length: partitions }, (_, partition) => partition);
  const readers = databases.map((database, index) => {
    const own = all.filter((partition) => partition % databases.length === index);
    return new PostgresReader(database, own, partitions);
  });
  // `journal copy` only writes to single databases.
  const moved = readers.length === 1 ? readers[0] : undefined;
  return new ClusterReader(readers, moved, partitions, seal);
}
