import type { FastifyInstance } from "@flawless-ts/http-service/fastify";
import { cpus } from "node:os";
import type { Logger } from "pino";
import { defaultApiLimits } from "../api/api-options.ts";
import type { ActivityQueues } from "../activities/index.ts";
import { AwaitedEnds } from "../cluster/awaited-ends.ts";
import { ClusterReader } from "../cluster/cluster-reader.ts";
import { PartitionElsewhere } from "../cluster/partition-elsewhere.ts";
import { Peers } from "../cluster/peers.ts";
import { createQueues, servePartitions } from "../cluster/served-partitions.ts";
import { Engine, type EngineObserver, EngineShare, WorkflowWatch } from "../engine/index.ts";
import { ExecutorPool } from "../executor/executor-pool.ts";
import type { Backup } from "../maintenance/backups.ts";
import { retain, retainMsOf } from "../maintenance/retain.ts";
import type { Retention } from "../maintenance/retention.ts";
import { journalFileBytes } from "../metrics/journal-file-bytes.ts";
import { ServerMetrics } from "../metrics/server-metrics.ts";
import type { ServerOptions } from "../server-options.ts";
import { engineOptionsOf, loadApi } from "../server-parts.ts";
import { Seal } from "../store/seal.ts";
import { SqliteWorkflowStore } from "../store/sqlite/sqlite-workflow-store.ts";
import { systemClock } from "../time/clock.ts";
import { globalTimers } from "../time/timers.ts";
import { fromPublicId } from "../workflow/workflow-id.ts";
import type { CrossingGate } from "./crossing-gate.ts";
import { DividedEngine } from "./divided-engine.ts";
import { directoryOfEngine } from "./engine-directories.ts";
import { EngineLink, type OtherHealth } from "./engine-link.ts";
import type { EnginePlace, MetPart } from "./engine-place.ts";
import { errandDelivery } from "./errand-delivery.ts";
import { FixedNode } from "./fixed-node.ts";
import { gatedElsewhere } from "./gated-elsewhere.ts";
import { JournalForOthers } from "./journal-for-others.ts";
import { movedKeys } from "./moved-keys.ts";
import { answering, type RemoteCall, remoteEngine } from "./remote-engine.ts";
import { SharedModules } from "./shared-modules.ts";

/** Modules are deployed, and backups made, by the engine of this partition. */
const centralPartition = 0;
/** How long it may take until an engine sees what another one's workflow came to, in milliseconds. */
const lookMs = 20;
/** How often an engine tells the others how it is, in milliseconds. */
const tellEveryMs = 1_000;

/** What {@link runPart} is given. */
export interface PartParts {
  readonly place: EnginePlace;
  readonly options: ServerOptions;
  readonly logger: Logger;
  /** Its own, which is open for longer than it runs. */
  readonly journal: SqliteWorkflowStore;
  readonly gate: CrossingGate;
  /** Of all engines, in their order. */
  readonly met: readonly MetPart[];
  /** For secrets. */
  readonly key: Uint8Array;
  /** Requests wait for it. */
  readonly opened: Promise<void> | undefined;
  readonly backup: () => Promise<Backup>;
}

/** An engine that runs, and its API, which does not listen yet. */
export interface RunningPart {
  readonly engine: Engine;
  readonly api: FastifyInstance;
  readonly links: readonly (EngineLink | null)[];
  readonly retention: Retention | undefined;
  readonly watch: NodeJS.Timeout;
  release(): Promise<void>;
}

/** Opens an engine beside the others of the server. */
export async function runPart(parts: PartParts): Promise<RunningPart> {
  const { place, options, logger, journal, gate, met, key, opened, backup } = parts;
  const { division, directory: root, index } = place;
  const directory = directoryOfEngine(root, index);
  const partitions = division.engines;
  const seal = new Seal(key);
  const journals = met.map((other, number) =>
    other === null
      ? journal
      : SqliteWorkflowStore.over(other.journal, directoryOfEngine(root, number)),
  );
  const store = new JournalForOthers(journal, seal);
  const reader = new ClusterReader(
    journals,
    division.copied ? movedKeys(journals) : undefined,
    partitions,
    seal,
  );
  const ends = new AwaitedEnds((ids) => reader.ended(ids), globalTimers, lookMs);
  const endsHere: EngineObserver = {
    workflowEnded: ({ id }) => ends.endedHere(fromPublicId(id) ?? 0),
  };
  const metrics = new ServerMetrics();
  const watch = new WorkflowWatch();
  const ready = Promise.withResolvers<Engine>();
  ready.promise.catch(() => undefined);
  const answers = Promise.withResolvers<RemoteCall>();
  answers.promise.catch(() => undefined);
  const links = met.map((other) =>
    other === null
      ? null
      : new EngineLink(
          other.link,
          {
            errand: async (body) => elsewhere.run(await ready.promise, body),
            metrics: () => metrics.ownJson(),
            call: async (...call) => (await answers.promise)(...call),
          },
          gate,
        ),
  );
  metrics.gather(() =>
    Promise.all(links.flatMap((link) => (link === null ? [] : [link.metrics()]))),
  );
  const elsewhere = new PartitionElsewhere({
    partitions,
    reader,
    ends,
    store,
    seal,
    postTo: (partition) =>
      errandDelivery(async (body) => {
        const link = links[partition];
        return link == null ? elsewhere.run(await ready.promise, body) : link.errand(body);
      }),
  });
  const { createApi } = await loadApi(options.host ?? "127.0.0.1", 0);
  const engineOptions = engineOptionsOf(options, logger, [
    metrics.observer,
    watch.observer,
    endsHere,
  ]);
  const { limits, development, observers, onError } = engineOptions;
  const executors = new ExecutorPool({
    threads: Math.max(2, Math.ceil(cpus().length / partitions)),
    ...options.executors,
  });
  const share = new EngineShare({
    modules: new SharedModules(journals),
    executors,
    limits,
    development,
  });
  const queues: ActivityQueues = createQueues({ clock: systemClock, limits, observers, onError });
  const peers = new Peers(`engine-${index}`);
  const release = async (): Promise<void> => {
    elsewhere.stop();
    queues.close();
    ends.close();
    await peers.close();
    await executors.close();
  };
  try {
    await share.modules.load();
    if (share.modules.list().length > 0) {
      executors.warmUp();
    }
    const engine = await Engine.open({
      ...engineOptions,
      store,
      executors,
      share,
      activities: queues,
      ids: { count: partitions, index },
      elsewhere: gatedElsewhere(elsewhere, gate),
    });
    ready.resolve(engine);
    const others = links.flatMap((link, partition) =>
      link === null
        ? []
        : [
            {
              partition,
              url: met[partition]?.url ?? "",
              get problem() {
                return link.health.problem;
              },
            },
          ],
    );
    const node = new FixedNode(index, engine, others);
    const served = servePartitions({
      node,
      reader,
      share,
      executors,
      queues,
      peers,
      development,
      clock: systemClock,
    });
    metrics.watch(
      // The others tell their own part.
      { ...served.measured, counts: () => engine.counts() },
      { journalFileBytes: () => journalFileBytes(directory) },
    );
    const { tokens, tls, allowedOrigins, apiLimits } = options;
    const divided = new DividedEngine({
      own: engine,
      others: links.map((link) => (link === null ? null : remoteEngine(link.call))),
      othersRunning: () => links.reduce((sum, link) => sum + (link?.health.running ?? 0), 0),
      all: served.engine,
    });
    answers.resolve(answering(divided));
    const api = createApi(divided, {
      tokens,
      tls,
      allowedOrigins,
      limits: apiLimits,
      opened,
      logger,
      metrics,
      watch,
      backup,
      division,
      cluster: {
        node,
        peers,
        centralPartition,
        maxRequests: apiLimits?.waitingCallers ?? defaultApiLimits.waitingCallers,
      },
    });
    await api.ready();
    return {
      engine,
      api,
      links,
      retention: retain(store, retainMsOf(options.retain), logger),
      watch: tellHealth(engine, links),
      release,
    };
  } catch (error) {
    ready.reject(error as Error);
    answers.reject(error as Error);
    await release();
    throw error;
  }
}

/** Tells the other engines how this one is, so that whoever looks at one learns of all. */
function tellHealth(engine: Engine, links: readonly (EngineLink | null)[]): NodeJS.Timeout {
  let told: OtherHealth = { problem: null, running: 0 };
  return setInterval(() => {
    const { reason: problem, running } = engine.health();
    if (problem !== told.problem || running !== told.running) {
      told = { problem, running };
      for (const link of links) {
        link?.tell(told);
      }
    }
  }, tellEveryMs).unref();
}
