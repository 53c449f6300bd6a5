import type { FastifyInstance } from "fastify";
import { type Logger, pino } from "pino";
import {
  assertAddressFree,
  type CloseOptions,
  defaultGraceMs,
  listen,
  settledWithin,
  stayingAlive,
} from "@flawless-ts/http-service";
import type { ApiLimits } from "./api/api-options.ts";
import { createApi } from "./api/create-api.ts";
import type { WorkflowLog } from "./engine/engine-options.ts";
import { Engine } from "./engine/engine.ts";
import type { EngineLimits } from "./engine/limits.ts";
import { SqliteJournal } from "./journal/sqlite-journal.ts";

/** Options of {@link startServer}. */
export interface ServerOptions {
  /** Where everything is kept; it is made if need be. One server at a time can use it. */
  readonly directory: string;
  /** The address to listen on. Default `127.0.0.1`, which only this machine can reach. */
  readonly host?: string | undefined;
  /** The port to listen on; 0 for any that is free. Default 27288. */
  readonly port?: number | undefined;
  /** Callers of the API have to show one of these. Default: the API is open to all who reach it. */
  readonly tokens?: readonly string[] | undefined;
  /** Lets other bytes be deployed under the same name and version. Default false. */
  readonly development?: boolean | undefined;
  /** Where requests, guests and troubles are logged to. Default: nowhere. */
  readonly logger?: Logger | undefined;
  /** What guests get for the names of secrets. Default: none. */
  readonly secrets?: Readonly<Record<string, string>> | undefined;
  /** Limits of the API. */
  readonly limits?: ApiLimits | undefined;
  /** Limits of the engine. */
  readonly engineLimits?: Partial<EngineLimits> | undefined;
}

const defaultPort = 27_288;
/** For how long the answers to the last callers may take to be sent. */
const farewellMs = 1_000;

/**
 * Starts a Flawless server: the durable engine on a working directory, and the REST API over it. Workflows that were
 * running when the last server on the directory ended go on.
 *
 * @throws EngineError `DIRECTORY_UNUSABLE`, `DIRECTORY_IN_USE`, `JOURNAL_DAMAGED`; `INVALID_REQUEST` for an option of
 * no use
 * @throws ServiceOptionError `INVALID_REQUEST` for a token or a limit of no use
 * @throws ListenError `ADDRESS_IN_USE`, `ADDRESS_UNUSABLE`
 */
export async function startServer(options: ServerOptions): Promise<FlawlessServer> {
  return stayingAlive(() => start(options));
}

async function start(options: ServerOptions): Promise<FlawlessServer> {
  const { host = "127.0.0.1", port = defaultPort, tokens, limits } = options;
  const logger = options.logger ?? pino({ enabled: false });
  // The name may stand for two addresses; its users try both.
  const address = host === "localhost" ? "127.0.0.1" : host;
  if (port !== 0) {
    // Else workflows would go on, and send requests, for a server that can't start.
    await assertAddressFree(address, port);
  }
  const engine = await openEngine(options, logger);
  try {
    const api = createApi(engine, { tokens, limits, logger });
    try {
      return new FlawlessServer(await listen(api, address, port), engine, api);
    } catch (error) {
      await api.close();
      throw error;
    }
  } catch (error) {
    await engine.close();
    throw error;
  }
}

/** A server that is running. */
export class FlawlessServer implements AsyncDisposable {
  /** Where a client on this machine reaches it, such as `http://127.0.0.1:27288`. */
  readonly url: string;
  readonly engine: Engine;
  readonly #api: FastifyInstance;
  #closed: Promise<void> | undefined;

  /** @internal */
  constructor(url: string, engine: Engine, api: FastifyInstance) {
    this.url = url;
    this.engine = engine;
    this.#api = api;
  }

  /**
   * Stops in order: no new requests, those under way may finish for a while, then the engine stops. Workflows go on
   * when a server is started on the same directory again. Closing twice is the same as once.
   */
  close(options: CloseOptions = {}): Promise<void> {
    this.#closed ??= stayingAlive(() => this.#close(options.graceMs ?? defaultGraceMs));
    return this.#closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(graceMs: number): Promise<void> {
    const apiClosed = this.#api.close();
    try {
      await settledWithin(apiClosed, graceMs);
      // Whoever still waits for a response is told that the server goes.
      await this.engine.close({ graceMs });
      await settledWithin(apiClosed, farewellMs);
    } finally {
      this.#api.server.closeAllConnections();
      await apiClosed;
    }
  }
}

async function openEngine(options: ServerOptions, logger: Logger): Promise<Engine> {
  const { directory, secrets = {}, development = false, engineLimits = {} } = options;
  return Engine.open({
    journal: await SqliteJournal.open(directory),
    secrets,
    development,
    limits: engineLimits,
    onLog: (log) => writeGuestLog(logger, log),
    onError: (error) => logger.error({ err: error }, "the engine has trouble"),
  });
}

function writeGuestLog(
  logger: Logger,
  { level, message, replaying, ...source }: WorkflowLog,
): void {
  // It was logged when the guest came by here for the first time.
  if (!replaying) {
    logger[level](source, message);
  }
}
