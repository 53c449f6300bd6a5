import type { FastifyInstance } from "@flawless-ts/http-service/fastify";
import { pino, type Logger } from "pino";
import {
  closeApi,
  listen,
  RunningService,
  type ServedTicket,
} from "@flawless-ts/http-service/program";
import { InvalidOptionError } from "@flawless-ts/wasm-module";
import { defaultApiLimits } from "../api/api-options.ts";
import { WorkflowWatch } from "../engine/index.ts";
import { retainMsOf } from "../maintenance/retain.ts";
import { ServerMetrics } from "../metrics/server-metrics.ts";
import type { FlawlessServer } from "../server.ts";
import type { ServerOptions } from "../server-options.ts";
import {
  addressOf,
  engineOptionsOf,
  loadApi,
  openServerTicket,
  withFittingConnections,
} from "../server-parts.ts";
import {
  PostgresDatabase,
  type PostgresDatabaseOptions,
  prepareCluster,
} from "../store/postgres/index.ts";
import { keyCheckOf, type Seal, sealOfCluster } from "../store/seal.ts";
import { type OpenCluster, openCluster } from "./open-cluster.ts";
import {
  type PostgresJournalOptions,
  type ResolvedPostgresOptions,
  resolvePostgresOptions,
} from "./postgres-options.ts";
import { EngineError } from "../errors.ts";

/** How long requests that may be sent only once may continue after their partition was handed over, in milliseconds. */
const handOverGraceMs = 4_000;

/**
 * Starts a server as a node of a cluster on PostgreSQL.
 *
 * @param graceMs how long requests of workflows that may be sent only once may continue when it is stopped; for tests
 * @throws EngineError `JOURNAL_UNAVAILABLE`, `INVALID_REQUEST`
 * @throws InvalidOptionError, ListenError
 */
export async function openClusterServer(
  given: ServerOptions,
  journal: PostgresJournalOptions,
  graceMs: number = handOverGraceMs,
): Promise<FlawlessServer> {
  const logger = given.logger ?? pino({ enabled: false });
  const options = withFittingConnections(given, logger);
  const { address, port } = addressOf(options);
  const postgres = resolvePostgresOptions(journal, address);
  const retainMs = retainMsOf(options.retain);
  const seal = sealOf(options);
  const { createApi } = await loadApi(address, port);
  const databases = new Databases();
  const metrics = new ServerMetrics();
  const watch = new WorkflowWatch();
  let cluster: OpenCluster | undefined;
  try {
    await databases.open(postgres);
    const { partitions } = await prepareCluster(databases.data, {
      partitions: postgres.partitions,
      keyCheck: options.secretsKey === undefined ? null : keyCheckOf(options.secretsKey),
    });
    const engineOptions = engineOptionsOf(options, logger, [metrics.observer, watch.observer]);
    cluster = await openCluster({
      ...databases,
      nodeId: postgres.nodeId,
      leaseMs: postgres.leaseMs,
      graceMs,
      partitions,
      seal,
      engineOptions,
      executors: options.executors,
      retainMs,
      logger,
    });
    metrics.watch(cluster.measured, { cluster: cluster.figures });
    const { tokens, tls, allowedOrigins, apiLimits } = options;
    const maxRequests = apiLimits?.waitingCallers ?? defaultApiLimits.waitingCallers;
    const ticketed = options.iroh === undefined ? undefined : Promise.withResolvers<void>();
    const api = createApi(cluster.engine, {
      tokens,
      tls,
      allowedOrigins,
      limits: apiLimits,
      opened: ticketed?.promise,
      logger,
      metrics,
      watch,
      backup: refuseBackup,
      cluster: {
        node: cluster.node,
        peers: cluster.peers,
        shown: { node: cluster.node, databases: databases.names },
        maxRequests,
      },
    });
    try {
      await api.ready();
      const url = await listen(api, address, port);
      await cluster.begin(postgres.advertiseUrl ?? url);
      const ticket = await openServerTicket(options, { api, url, host: address, logger });
      ticketed?.resolve();
      return new ClusterServer(url, { api, cluster, databases, logger, served: ticket });
    } catch (error) {
      await api.close();
      throw error;
    }
  } catch (error) {
    await cluster?.kill();
    await databases.close();
    throw error;
  }
}

async function refuseBackup(): Promise<never> {
  throw new EngineError(
    "INVALID_REQUEST",
    "The workflows are in PostgreSQL. Back it up with pg_dump, or for point-in-time recovery with pg_basebackup and archived logs; `flawless journal copy` makes a directory of a stopped cluster.",
  );
}

/** @throws InvalidOptionError */
function sealOf({ secrets = {}, secretsKey }: ServerOptions): Seal {
  if (secretsKey === undefined && Object.keys(secrets).length > 0) {
    throw new InvalidOptionError(
      "secretsKey",
      "expected a key, as there are secrets and any node has to be able to read what workflows wrote that read them. Give all nodes the same one.",
    );
  }
  return sealOfCluster(secretsKey);
}

/** The connections of a node. */
class Databases {
  readonly data: PostgresDatabase[] = [];
  /** Only for leases, which must not wait for anything else. */
  readonly leases: PostgresDatabase[] = [];

  get names(): readonly string[] {
    return this.data.map(({ name }) => name);
  }

  async open({ urls, schema, connections, leaseMs }: ResolvedPostgresOptions): Promise<void> {
    const timeoutMs = Math.max(250, leaseMs / 3);
    const leases: Partial<PostgresDatabaseOptions> = {
      // One of them listens for notices from other nodes.
      connections: 3,
      connectTimeoutMs: timeoutMs,
      answerTimeoutMs: timeoutMs,
    };
    for (const url of urls) {
      this.data.push(await PostgresDatabase.open({ url, schema, connections }));
      this.leases.push(await PostgresDatabase.open({ url, schema, ...leases }));
    }
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.data, ...this.leases].map((database) => database.close()));
  }
}

/** The parts of a node. */
interface ClusterServerParts {
  readonly api: FastifyInstance;
  readonly cluster: OpenCluster;
  readonly databases: Databases;
  readonly logger: Logger;
  readonly served: ServedTicket | null;
}

class ClusterServer extends RunningService implements FlawlessServer {
  readonly #parts: ClusterServerParts;

  constructor(url: string, parts: ClusterServerParts) {
    super(url);
    this.#parts = parts;
  }

  get ticket(): string | null {
    return this.#parts.served?.ticket ?? null;
  }

  /**
   * Partitions first: while others take them over, this node serves and passes on requests as before. Then it waits for
   * outcomes of requests, which the others need.
   */
  protected override async end(graceMs: number): Promise<void> {
    const { api, cluster, databases, logger, served } = this.#parts;
    await cluster.node
      .leave()
      .catch((error: unknown) => logger.error({ err: error }, "partitions are not handed over"));
    await Promise.all([
      closeApi(api, graceMs, () => cluster.node.end(), served),
      cluster.outcomesLeft(),
    ]);
    await cluster.close();
    await databases.close();
  }
}
