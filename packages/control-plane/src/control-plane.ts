import {
  assertAddressFree,
  fitConnections,
  listen,
  openTicket,
  resolveLimits,
  type ServedTicket,
  stayingAlive,
} from "@flawless-ts/http-service";
import { EventStreams } from "@flawless-ts/http-service/pages";
import { Flawless } from "@flawless-ts/sdk";
import { InvalidOptionError } from "@flawless-ts/wasm-module";
import { type Logger, pino } from "pino";
import { defaultControlPlaneLimits, type ResolvedControlPlaneLimits } from "./api/api-options.ts";
import type { ControlPlaneContext } from "./api/context.ts";
import { createApi } from "./api/create-api.ts";
import { systemClock } from "./clock.ts";
import {
  checkControlPlaneOptions,
  type ControlPlaneServerOptions,
} from "./control-plane-options.ts";
import { FlawlessLink } from "./flawless/flawless-link.ts";
import { FlawlessPassage } from "./flawless/flawless-passage.ts";
import { Gossip } from "./gossip/gossip.ts";
import { Metrics } from "./metrics/metrics.ts";
import type { NodeEntry } from "./node-entry.ts";
import { nodeIdOf } from "./node-id.ts";
import { LostWorkers } from "./queue/lost-workers.ts";
import { createQueueEvents } from "./queue/queue-events.ts";
import { defaultRules, Queue, type QueueRules } from "./queue/queue.ts";
import { type ControlPlaneServer, RunningNode } from "./running-node.ts";
import { openDirectory } from "./store/open-directory.ts";
import { openPostgres } from "./store/postgres/open-postgres.ts";
import type { Membership, OpenStorage, StorageParts } from "./store/storage.ts";

/** The default module. Its name differs from `crawler`, so that it never blocks another module of that name. */
const crawler = new URL(
  import.meta.resolve("@flawless-ts/wasm-module/fixtures/crawler_stand_in.wasm"),
);
const defaultPort = 3020;
const defaultFlawlessUrl = "http://127.0.0.1:27288";
/** To the Flawless server. */
const maxOwnConnections = 32;
const minLookMs = 50;
const maxLookMs = 5_000;

/**
 * Starts a control plane: a queue of jobs in a directory or a database, with the mvm-ci API. It serves immediately, even while
 * it waits for its Flawless server; `GET /health` shows the progress.
 *
 * @throws ControlPlaneError `DIRECTORY_UNUSABLE`, `DIRECTORY_IN_USE`, `STORE_DAMAGED`; with PostgreSQL `STORE_UNAVAILABLE`
 * if it can't be reached for 30 seconds, `STORE_TOO_NEW`, `NODE_CONFLICT`
 * @throws InvalidOptionError for an invalid option, token, certificate or limit
 * @throws ListenError `FLAWLESS_LISTEN_ADDRESS_IN_USE`, `FLAWLESS_LISTEN_ADDRESS_UNUSABLE`
 */
export async function startControlPlane(
  options: ControlPlaneServerOptions,
): Promise<ControlPlaneServer> {
  return openControlPlane(options);
}

/** {@link startControlPlane} for tests that also need the queue. */
export async function openControlPlane(options: ControlPlaneServerOptions): Promise<RunningNode> {
  checkControlPlaneOptions(options);
  return stayingAlive(() => start(options));
}

async function start(options: ControlPlaneServerOptions): Promise<RunningNode> {
  const { host = "127.0.0.1", port = defaultPort, tokens, tls, allowedOrigins } = options;
  const logger = options.logger ?? pino({ enabled: false });
  const limits = fittingLimits(options, logger);
  const advertisedUrl = checkedUrl("advertisedUrl", options.advertisedUrl);
  const rules = resolveRules(options.rules ?? {});
  const nodeId = nodeIdOf(options.nodeId);
  const address = await freeAddress(host, port);
  await using resources = new AsyncDisposableStack();
  const gossip = new Gossip();
  const parts = { gossip, maxBlobBytes: limits.blobBytes, logger };
  const opened = resources.use(await openStorage(options, parts));
  const { store, blobs, broadcast } = opened;
  const clock = options.clock ?? opened.clock;
  const events = createQueueEvents();
  const queue = new Queue({ store, clock, events, nodeId, rules });
  const flawless = openFlawless(options, logger, resources);
  const streams = new EventStreams(limits.eventStreams);
  let url: string | null = null;
  let ticket: ServedTicket | null = null;
  let member: Membership | null = null;
  const ownUrl = (): string | null => advertisedUrl ?? url;
  const own = (): NodeEntry => ({
    id: nodeId,
    url: ownUrl(),
    flawlessUrl: advertisedFlawless(options, flawless),
  });
  const context: ControlPlaneContext = {
    nodeId,
    nodes: {
      list: () => {
        return [own(), ...(member?.nodes.list() ?? [])].toSorted((one, other) =>
          one.id < other.id ? -1 : 1,
        );
      },
    },
    storage: {
      kind: opened.kind,
      // Unknown while it starts.
      ask: async () =>
        (await member?.storage.ask()) ?? { reachable: true, writable: true, nodes: 0 },
    },
    queue,
    events,
    blobs,
    gossip,
    broadcast,
    streams,
    metrics: new Metrics({
      queue,
      events,
      openStreams: () => streams.size,
      flawless,
    }),
    flawless,
    ownUrl,
    ticket: () => ticket,
  };
  const ticketed = options.iroh === undefined ? undefined : Promise.withResolvers<void>();
  const api = createApi(context, {
    tokens,
    tls,
    allowedOrigins,
    limits,
    logger,
    opened: ticketed?.promise,
  });
  try {
    url = await listen(api, address, port);
    member = await opened.takePart(own());
    ticket = await openTicket(options.iroh, {
      service: "control-plane",
      api,
      url,
      host: address,
      directory: options.directory,
      maxConnections: limits.maxConnections,
      logger,
      flawless: passageTo(options, resources),
    });
    ticketed?.resolve();
  } catch (error) {
    await api.close();
    throw error;
  }
  resources.use(new LostWorkers(queue, logger, lookEveryMs(rules)));
  return new RunningNode(url, queue, api, resources.move(), ticket);
}

/** @throws InvalidOptionError for contradictory or missing options */
async function openStorage(
  { directory, store, clock = systemClock }: ControlPlaneServerOptions,
  parts: StorageParts,
): Promise<OpenStorage> {
  if (store !== undefined && "postgres" in store) {
    if (directory !== undefined) {
      throw new InvalidOptionError(
        "directory",
        "PostgreSQL stores everything: omit one of the two.",
      );
    }
    return await openPostgres(store.postgres, parts);
  }
  if (directory === undefined) {
    throw new InvalidOptionError("directory", "expected a data directory, or a `store`.");
  }
  return await openDirectory(directory, parts, clock, store);
}

function fittingLimits(
  options: ControlPlaneServerOptions,
  logger: Logger,
): ResolvedControlPlaneLimits {
  const limits = resolveLimits(options.apiLimits ?? {}, defaultControlPlaneLimits);
  const incoming = limits.maxConnections;
  const wanted = { incoming, outgoing: Math.min(maxOwnConnections, incoming) };
  return { ...limits, maxConnections: fitConnections(wanted, logger).incoming };
}

/** Checks whether the node could listen there, before doing anything else. */
async function freeAddress(host: string, port: number): Promise<string> {
  // The name may resolve to two addresses; clients try both.
  const address = host === "localhost" ? "127.0.0.1" : host;
  if (port !== 0) {
    await assertAddressFree(address, port);
  }
  return address;
}

/** @returns the URL without a trailing slash */
function checkedUrl(name: string, given: string | undefined): string | undefined {
  if (given === undefined) {
    return undefined;
  }
  const url = URL.parse(given);
  const http = url?.protocol === "http:" || url?.protocol === "https:";
  if (url === null || !http || `${url.username}${url.password}${url.search}${url.hash}` !== "") {
    throw new InvalidOptionError(
      name,
      `expected an http or https URL without a user, a query or a fragment, such as http://127.0.0.1:3020.`,
    );
  }
  return url.href.replace(/\/+$/, "");
}

function openFlawless(
  options: ControlPlaneServerOptions,
  logger: Logger,
  resources: AsyncDisposableStack,
): FlawlessLink | null {
  const { flawlessUrl = defaultFlawlessUrl, flawlessToken: token, modules = [crawler] } = options;
  const { flawlessCa: ca } = options;
  if (flawlessUrl === null) {
    return null;
  }
  const client = resources.use(new Flawless({ url: flawlessUrl, token, ca, retry: false }));
  return resources.use(new FlawlessLink({ client, modules, logger }));
}

/** Returns the full ticket, because the client shows only its beginning. */
function advertisedFlawless(
  { advertisedFlawlessUrl, flawlessUrl }: ControlPlaneServerOptions,
  flawless: FlawlessLink | null,
): string | null {
  if (advertisedFlawlessUrl !== undefined) return advertisedFlawlessUrl;
  const isTicket = flawless?.url.startsWith("iroh+h3:") === true;
  return (isTicket ? flawlessUrl : flawless?.url) ?? null;
}

/** The Flawless server, for callers that use the control plane's ticket. */
function passageTo(
  { flawlessUrl = defaultFlawlessUrl, flawlessCa: ca, iroh }: ControlPlaneServerOptions,
  resources: AsyncDisposableStack,
): FlawlessPassage | undefined {
  // It has its own ticket, which doesn't need this node.
  if (flawlessUrl === null || iroh === undefined || !/^https?:/i.test(flawlessUrl)) {
    return undefined;
  }
  return resources.use(new FlawlessPassage(flawlessUrl, ca));
}

/** Often enough to detect a lost worker soon after its timeout. */
function lookEveryMs(rules: QueueRules): number {
  const { workerTimeoutMs, claimTimeoutMs, unownedTimeoutMs } = rules;
  const shortest = Math.min(workerTimeoutMs, claimTimeoutMs, unownedTimeoutMs);
  return Math.min(maxLookMs, Math.max(minLookMs, Math.floor(shortest / 10)));
}

function resolveRules(given: Partial<QueueRules>): QueueRules {
  const rules: QueueRules = { ...defaultRules, ...given };
  for (const [name, value] of Object.entries(rules)) {
    const least = name === "maxRetries" ? 0 : 1;
    if (!Number.isSafeInteger(value) || value < least) {
      throw new InvalidOptionError(
        `rules.${name}`,
        `expected a whole number of at least ${least}, but got ${String(value)}.`,
      );
    }
  }
  return rules;
}
