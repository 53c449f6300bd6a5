import { join } from "node:path";
import {
  assertAddressFree,
  type CloseOptions,
  defaultGraceMs,
  listen,
  resolveLimits,
  settledWithin,
  stayingAlive,
} from "@flawless-ts/http-service";
import { Flawless, type ModuleSource } from "@flawless-ts/sdk";
import type { FastifyInstance } from "fastify";
import { type Logger, pino } from "pino";
import { type ControlPlaneLimits, defaultControlPlaneLimits } from "./api/api-options.ts";
import type { ControlPlaneContext } from "./api/context.ts";
import { createApi } from "./api/create-api.ts";
import { BlobStore } from "./blobs/blob-store.ts";
import { type Clock, systemClock } from "./clock.ts";
import { ControlPlaneError } from "./errors.ts";
import { FlawlessLink } from "./flawless/flawless-link.ts";
import { EventStreams } from "./gossip/event-streams.ts";
import { Gossip } from "./gossip/gossip.ts";
import { Metrics } from "./metrics/metrics.ts";
import { nodeIdOf } from "./node-id.ts";
import { LostWorkers } from "./queue/lost-workers.ts";
import { createQueueEvents } from "./queue/queue-events.ts";
import { defaultRules, Queue, type QueueRules } from "./queue/queue.ts";
import { SqliteStore } from "./store/sqlite-store.ts";
import type { Store } from "./store/store.ts";

/** Options of {@link startControlPlane}. */
export interface ControlPlaneServerOptions {
  /** Where jobs, workers and blobs are kept; it is made if need be. One control plane at a time can use it. */
  readonly directory: string;
  /** The address to listen on. Default `127.0.0.1`, which only this machine can reach. */
  readonly host?: string | undefined;
  /** The port to listen on; 0 for any that is free. Default 3020. */
  readonly port?: number | undefined;
  /** Callers have to show one of these. Default: the API is open to all who reach it. */
  readonly tokens?: readonly string[] | undefined;
  /** The name of this node. Default: the machine's. */
  readonly nodeId?: string | undefined;
  /** The Flawless server to look after; `null`: none. Default `http://127.0.0.1:27288`. */
  readonly flawlessUrl?: string | null | undefined;
  /** What the Flawless server wants as a token. Default: none. */
  readonly flawlessToken?: string | undefined;
  /** The Flawless server's URL for workers, who may not be on this machine. Default: `flawlessUrl`. */
  readonly advertisedFlawlessUrl?: string | undefined;
  /** The modules to deploy there: bytes, paths, or file URLs. Default: `crawler` 0.1.8, which comes with this package. */
  readonly modules?: readonly ModuleSource[] | undefined;
  /** Where requests, lost workers and troubles are logged to. Default: nowhere. */
  readonly logger?: Logger | undefined;
  /** When something counts as lost, and how often a job is handed out. */
  readonly rules?: Partial<QueueRules> | undefined;
  /** Limits of the API. */
  readonly limits?: ControlPlaneLimits | undefined;
  /** For tests. Default: the machine's clock. */
  readonly clock?: Clock | undefined;
  /** Where the queue is kept. Default: a SQLite file in the directory. It is closed with the control plane. */
  readonly store?: Store | undefined;
}

/** Where the default module is. */
const crawler = new URL(import.meta.resolve("@flawless-ts/wasm-module/fixtures/crawler.wasm"));
const defaultPort = 3020;
const defaultFlawlessUrl = "http://127.0.0.1:27288";
/** For how long the answers to the last callers may take to be sent. */
const farewellMs = 1_000;
const shortestLookMs = 50;
const longestLookMs = 5_000;

/**
 * Starts a control plane: a queue of jobs in a directory, and the mvm-ci API over it. It serves from the start, while it
 * waits for its Flawless server; `GET /health` tells how far that is.
 *
 * @throws ControlPlaneError `DIRECTORY_UNUSABLE`, `DIRECTORY_IN_USE`, `STORE_DAMAGED`; `INVALID_REQUEST` for an option of
 * no use
 * @throws ServiceOptionError `INVALID_REQUEST` for a token or a limit of no use
 * @throws ListenError `ADDRESS_IN_USE`, `ADDRESS_UNUSABLE`
 */
export async function startControlPlane(
  options: ControlPlaneServerOptions,
): Promise<ControlPlaneServer> {
  return stayingAlive(() => start(options));
}

/** A control plane that is running. */
export class ControlPlaneServer implements AsyncDisposable {
  /** Where a client on this machine reaches it, such as `http://127.0.0.1:3020`. */
  readonly url: string;
  readonly queue: Queue;
  readonly #api: FastifyInstance;
  readonly #resources: AsyncDisposableStack;
  #closed: Promise<void> | undefined;

  /** @internal */
  constructor(url: string, queue: Queue, api: FastifyInstance, resources: AsyncDisposableStack) {
    this.url = url;
    this.queue = queue;
    this.#api = api;
    this.#resources = resources;
  }

  /**
   * Stops in order: no new requests, event streams end, and requests under way may finish for a while. Closing twice is
   * the same as once.
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
      await settledWithin(apiClosed, graceMs + farewellMs);
    } finally {
      this.#api.server.closeAllConnections();
      await apiClosed;
      await this.#resources.disposeAsync();
    }
  }
}

async function start(options: ControlPlaneServerOptions): Promise<ControlPlaneServer> {
  const {
    directory,
    host = "127.0.0.1",
    port = defaultPort,
    tokens,
    clock = systemClock,
  } = options;
  const logger = options.logger ?? pino({ enabled: false });
  const limits = resolveLimits(options.limits ?? {}, defaultControlPlaneLimits);
  const rules = resolveRules(options.rules ?? {});
  const nodeId = nodeIdOf(options.nodeId);
  // The name may stand for two addresses; its users try both.
  const address = host === "localhost" ? "127.0.0.1" : host;
  if (port !== 0) {
    await assertAddressFree(address, port);
  }
  await using resources = new AsyncDisposableStack();
  const store = options.store ?? (await SqliteStore.open(directory));
  resources.adopt(store, (opened) => opened.close());
  const events = createQueueEvents();
  const queue = new Queue({ store, clock, events, nodeId, rules });
  const blobs = new BlobStore(join(directory, "blobs"), limits.blobBytes);
  const flawless = openFlawless(options, logger, resources);
  const streams = new EventStreams(limits.eventStreams);
  let url: string | null = null;
  const context: ControlPlaneContext = {
    nodeId,
    queue,
    events,
    blobs,
    gossip: new Gossip(),
    streams,
    metrics: new Metrics({
      queue,
      events,
      openStreams: () => streams.size,
      flawlessReady: async () =>
        flawless === null ? null : (await flawless.ask()).status === "ready",
    }),
    flawless,
    advertisedFlawlessUrl: options.advertisedFlawlessUrl ?? flawless?.url ?? null,
    ownUrl: () => url,
  };
  const api = createApi(context, { tokens, limits, logger });
  try {
    url = await listen(api, address, port);
  } catch (error) {
    await api.close();
    throw error;
  }
  resources.use(new LostWorkers(queue, logger, lookEveryMs(rules)));
  return new ControlPlaneServer(url, queue, api, resources.move());
}

function openFlawless(
  options: ControlPlaneServerOptions,
  logger: Logger,
  resources: AsyncDisposableStack,
): FlawlessLink | null {
  const { flawlessUrl = defaultFlawlessUrl, flawlessToken: token, modules = [crawler] } = options;
  if (flawlessUrl === null) {
    return null;
  }
  const client = resources.use(new Flawless({ url: flawlessUrl, token, retry: false }));
  return resources.use(new FlawlessLink({ client, modules, logger }));
}

/** Often enough that a lost worker is noticed soon after its time-out. */
function lookEveryMs(rules: QueueRules): number {
  const { workerTimeoutMs, claimTimeoutMs, unownedTimeoutMs } = rules;
  const shortest = Math.min(workerTimeoutMs, claimTimeoutMs, unownedTimeoutMs);
  return Math.min(longestLookMs, Math.max(shortestLookMs, Math.floor(shortest / 10)));
}

function resolveRules(given: Partial<QueueRules>): QueueRules {
  const rules: QueueRules = { ...defaultRules, ...given };
  for (const [name, value] of Object.entries(rules)) {
    const least = name === "maxRetries" ? 0 : 1;
    if (!Number.isSafeInteger(value) || value < least) {
      throw new ControlPlaneError(
        "INVALID_REQUEST",
        `The rule ${name} has to be a whole number from ${least} on, but it is ${String(value)}.`,
      );
    }
  }
  return rules;
}
