import { join } from "node:path";
import type { FastifyInstance } from "@flawless-ts/http-service/fastify";
import { type Logger, pino } from "pino";
import {
  closeApi,
  type CloseOptions,
  listen,
  RunningService,
  type ServedTicket,
  stayingAlive,
} from "@flawless-ts/http-service/program";
import type { EngineObserver } from "./engine/index.ts";
import { WorkflowWatch } from "./engine/index.ts";
import { prepareDivision, readDivision } from "./engines/engine-directories.ts";
import { journalFileBytes } from "./metrics/journal-file-bytes.ts";
import { ServerMetrics } from "./metrics/server-metrics.ts";
import { checkServerOptions, type ServerOptions } from "./server-options.ts";
import {
  addressOf,
  engineOptionsOf,
  loadApi,
  openServerTicket,
  withFittingConnections,
} from "./server-parts.ts";
import { Engine } from "./engine/index.ts";
import type { WorkflowStore } from "./store/workflow-store.ts";
import { secretsKeyFileName } from "./store/make-secrets-key.ts";
import { Seal } from "./store/seal.ts";
import { readSecretsKey } from "./store/secrets-key.ts";
import { SealedWorkflowStore } from "./store/sealed-workflow-store.ts";
import { SqliteWorkflowStore } from "./store/sqlite/sqlite-workflow-store.ts";
import { type Backup, Backups } from "./maintenance/backups.ts";
import { retain, retainMsOf } from "./maintenance/retain.ts";
import type { Retention } from "./maintenance/retention.ts";

/**
 * Starts a Flawless server: the durable engine on a working directory, or on PostgreSQL as a node of a cluster, with the REST
 * API. Workflows that were running when the previous server ended continue.
 *
 * @throws EngineError `DIRECTORY_UNUSABLE`, `DIRECTORY_IN_USE`, `JOURNAL_DAMAGED`; `JOURNAL_UNAVAILABLE` if a database
 * can't be used, `INVALID_REQUEST` if it was set up differently
 * @throws InvalidOptionError for an invalid option, token, certificate or limit
 * @throws ListenError `FLAWLESS_LISTEN_ADDRESS_IN_USE`, `FLAWLESS_LISTEN_ADDRESS_UNUSABLE`
 */
export async function startServer(options: ServerOptions): Promise<FlawlessServer> {
  checkServerOptions(options);
  const { journal } = options;
  if (journal === undefined) {
    const { engines, ...others } = options;
    const directory = options.directory as string;
    if (Math.max(engines ?? 1, readDivision(directory)?.engines ?? 1) === 1) {
      return openServer({ ...others, directory });
    }
    // Servers with one engine don't need to load it.
    const { openEnginesServer } = await import("./engines/open-engines-server.ts");
    return stayingAlive(() => openEnginesServer({ ...options, directory }));
  }
  // Servers on SQLite don't need to load it.
  const { openClusterServer } = await import("./cluster/open-cluster-server.ts");
  return stayingAlive(() => openClusterServer(options, journal.postgres));
}

/**
 * {@link startServer} on a directory of one engine, for callers that also need the engine.
 *
 * @throws EngineError `INVALID_REQUEST` if several engines share the directory
 */
export async function openServer(
  options: ServerOptions & { readonly directory: string },
): Promise<RunningServer> {
  await prepareDivision(options.directory, 1);
  return stayingAlive(() => open(options));
}

async function open(given: ServerOptions & { readonly directory: string }): Promise<RunningServer> {
  checkServerOptions(given);
  const logger = given.logger ?? pino({ enabled: false });
  const options = withFittingConnections(given, logger);
  const { directory } = given;
  const { address, port } = addressOf(options);
  const { tokens, tls, allowedOrigins, apiLimits } = options;
  const retainMs = retainMsOf(options.retain);
  const metrics = new ServerMetrics();
  const watch = new WorkflowWatch();
  // Comes first, because the journal's thread takes as long to start as this one takes to load Fastify.
  const opening = openDirectory(directory, options.secretsKey, logger);
  const [opened, loaded] = await Promise.allSettled([opening, loadApi(address, port)]);
  if (loaded.status === "rejected") {
    await (opened.status === "fulfilled" ? opened.value.store.close() : undefined);
    throw loaded.reason;
  }
  if (opened.status === "rejected") {
    throw opened.reason;
  }
  const { store, completeKey, backups } = opened.value;
  const engine = await openEngine(options, store, logger, [metrics.observer, watch.observer]);
  const retention = retain(store, retainMs, logger);
  try {
    metrics.watch(engine, { journalFileBytes: () => journalFileBytes(directory) });
    const backup = (): Promise<Backup> => backups.make();
    const ticketed = options.iroh === undefined ? undefined : Promise.withResolvers<void>();
    const api = loaded.value.createApi(engine, {
      tokens,
      tls,
      allowedOrigins,
      limits: apiLimits,
      opened: ticketed?.promise,
      logger,
      metrics,
      watch,
      backup,
    });
    try {
      await Promise.all([api.ready(), completeKey()]);
      const url = await listen(api, address, port);
      const ticket = await openServerTicket(options, { api, url, host: address, logger });
      ticketed?.resolve();
      return new RunningServer(url, { engine, api, retention, ticket });
    } catch (error) {
      await api.close();
      throw error;
    }
  } catch (error) {
    await retention?.stop();
    await engine.close();
    throw error;
  }
}

/** A running server. */
export interface FlawlessServer extends AsyncDisposable {
  /** Its URL for clients on this machine, such as `http://127.0.0.1:27288`. */
  readonly url: string;
  /** The ticket by which clients reach it through iroh; null if iroh is not used. */
  readonly ticket: string | null;
  /**
   * Stops in order: it accepts no new requests, gives those under way some time to finish, and then stops the engine. Workflows
   * continue when a server is started on the same directory again. Closing again does nothing.
   */
  close(options?: CloseOptions): Promise<void>;
}

/** The parts of a server. */
interface ServerParts {
  readonly engine: Engine;
  readonly api: FastifyInstance;
  readonly retention: Retention | undefined;
  readonly ticket: ServedTicket | null;
}

/** The server with its engine, in this process. */
export class RunningServer extends RunningService implements FlawlessServer {
  readonly engine: Engine;
  readonly #parts: ServerParts;

  constructor(url: string, parts: ServerParts) {
    super(url);
    this.engine = parts.engine;
    this.#parts = parts;
  }

  get ticket(): string | null {
    return this.#parts.ticket?.ticket ?? null;
  }

  protected override async end(graceMs: number): Promise<void> {
    const { api, retention, ticket } = this.#parts;
    const retentionStopped = retention?.stop();
    const stopWork = async (): Promise<void> => {
      await retentionStopped;
      // Callers that still wait for a response learn that the server is stopping.
      await this.engine.close({ graceMs });
    };
    await closeApi(api, graceMs, stopWork, ticket);
  }
}

async function openEngine(
  options: ServerOptions,
  store: WorkflowStore,
  logger: Logger,
  observers: readonly EngineObserver[],
): Promise<Engine> {
  return Engine.open({
    ...engineOptionsOf(options, logger, observers),
    store,
    executors: options.executors,
  });
}

interface OpenDirectory {
  readonly store: WorkflowStore;
  /** Creates the key of a new directory. Not immediately, because nothing in it is encrypted yet. */
  readonly completeKey: () => Promise<void>;
  readonly backups: Backups;
}

async function openDirectory(
  directory: string,
  givenKey: Uint8Array | undefined,
  logger: Logger,
): Promise<OpenDirectory> {
  const store = await SqliteWorkflowStore.open(directory, logger);
  try {
    const key = givenKey ?? (await readSecretsKey(join(directory, secretsKeyFileName)));
    const seal = new Seal(key);
    return {
      store: new SealedWorkflowStore(store, seal),
      completeKey: async () => {
        if (key === undefined) {
          seal.useKey(await store.makeSecretsKey());
        }
      },
      backups: new Backups(directory, (file) => store.backup(file)),
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}
