import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  preParsingHookHandler,
} from "@flawless-ts/http-service/fastify";
import { PassThrough, type Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ApiError, callerSignal } from "@flawless-ts/http-service";
import { EngineError } from "../errors.ts";
import type { NodeRow } from "../store/postgres/index.ts";
import type { PartitionNode } from "./partition-node.ts";
import { noOwner } from "./no-owner.ts";
import { partitionOfId, partitionOfKey, partitionOfSchedule } from "./partition-of.ts";
import { passedOnHeader, type PeerOutcome, type Peers } from "./peers.ts";

/**
 * `look`: tried once at the owner, otherwise served from the databases. `repeat`: may be done twice. `once`: may not.
 */
type Kind = "look" | "repeat" | "once";

interface Route {
  /** Undefined: any. */
  readonly partition: number | undefined;
  readonly kind: Kind;
  readonly isStart: boolean;
  readonly isModule?: boolean;
}

type RequestPayload = Parameters<preParsingHookHandler>[2];

const startUrl = "/api/workflow/start";

/** How long a request waits for its partition's owner, in leases: a killed node's last one lease, then are claimed. */
const maxWaitLeases = 3;
/** A passed-on request waits less, because the node that passed it on waits as well. */
const maxWaitOnceMoreMs = 1_000;

/** The max size of what surrounds a module in the body of a deploy. */
const envelopeBytes = 64 * 1024;

const hopByHop: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "expect",
  "host",
  "content-length",
]);

/** Options of {@link passOn}. */
export interface PassingOnOptions {
  readonly node: PartitionNode;
  readonly peers: Peers;
  /** The max size of a body that is passed on. */
  readonly bodyBytes: number;
  /** The max size of a module. */
  readonly moduleBytes: number;
  /** The node that runs this partition deploys modules and makes backups. Default: any node does. */
  readonly centralPartition?: number | undefined;
  /** The max number of requests that are passed on, or wait for an owner, at the same time. */
  readonly maxRequests: number;
}

/** Passes requests for a workflow on to the node that runs it, after they were authorized. */
export function passOn(app: FastifyInstance, options: PassingOnOptions): void {
  const passing = new PassingOn(options);
  app.addHook("preParsing", passing.hook);
  const { node, peers } = options;
  // As late as possible, because reading a body loses the context.
  app.addHook("preHandler", (request, _reply, done) => {
    if (node.isFixed && request.routeOptions.url === startUrl) {
      // Starts reach other engines without peers, and the context would cost them a tenth of a start.
      done();
      return;
    }
    const { authorization, [passedOnHeader]: passedOn } = request.headers;
    peers.onBehalfOf({ authorization, isPassedOn: passedOn !== undefined }, done);
  });
}

class PassingOn {
  readonly #options: PassingOnOptions;
  #requests = 0;

  constructor(options: PassingOnOptions) {
    this.#options = options;
  }

  /** Calls back at once, without a promise, if the request is handled here. */
  readonly hook: preParsingHookHandler = (request, reply, payload, done) => {
    const route = this.#routeOf(request);
    if (route === undefined || this.#enter(route, reply)) {
      done(null, payload);
      return;
    }
    void this.#leave(request, reply, payload, route, done);
  };

  async #leave(
    request: FastifyRequest,
    reply: FastifyReply,
    payload: RequestPayload,
    route: Route,
    done: (error: Error | null, payload?: RequestPayload) => void,
  ): Promise<void> {
    let body: RequestPayload | undefined;
    try {
      body = await this.#waitOrPass(request, reply, payload, route);
    } catch (error) {
      done(error as Error);
      return;
    }
    // Without a body, the response was sent.
    if (body !== undefined) {
      done(null, body);
    }
  }

  /** @returns the request's body, if it is handled here after all */
  async #waitOrPass(
    request: FastifyRequest,
    reply: FastifyReply,
    payload: RequestPayload,
    route: Route,
  ): Promise<RequestPayload | undefined> {
    const { maxRequests } = this.#options;
    if (this.#requests >= maxRequests) {
      throw new ApiError(
        "LIMIT_REACHED",
        `${maxRequests} requests wait for other nodes already, as many as this one takes. Try again later.`,
      );
    }
    this.#requests += 1;
    try {
      const { bodyBytes, moduleBytes } = this.#options;
      const body = await readAll(
        payload,
        route.isModule === true ? moduleBytes + envelopeBytes : bodyBytes,
      );
      await this.#pass(request, reply, route, body);
      return reply.sent
        ? undefined
        : Object.assign(streamOf(body), { receivedEncodedLength: body.length });
    } finally {
      this.#requests -= 1;
    }
  }

  /** A request that changes a workflow delays the hand-over of its partition until its response, except slow starts. */
  #enter({ partition, kind, isStart }: Route, reply: FastifyReply): boolean {
    const { node } = this.#options;
    if (partition === undefined) {
      return node.takesStarts;
    }
    const owned = node.partition(partition);
    if (owned === undefined || kind === "look" || isStart) {
      return owned !== undefined;
    }
    const leave = owned.enter();
    if (leave !== undefined) {
      reply.raw.once("close", leave);
    }
    return leave !== undefined;
  }

  /** @returns undefined for requests that any node serves; a start without a key goes to any node with partitions */
  #routeOf(request: FastifyRequest): Route | undefined {
    const { isFixed, partitions } = this.#options.node;
    const { url = "" } = request.routeOptions;
    if (isFixed && /^\/api\/workflows?\//.test(url)) {
      // Engines call each other directly, which is cheaper than a request.
      return undefined;
    }
    if (request.method === "POST" && url === startUrl) {
      const key = request.headers["idempotency-key"];
      return typeof key === "string"
        ? { partition: partitionOfKey(key, partitions), kind: "repeat", isStart: true }
        : { partition: undefined, kind: "once", isStart: true };
    }
    const { centralPartition: central } = this.#options;
    if (central !== undefined && (url === "/api/backup" || url === "/api/module/deploy")) {
      const isModule = url !== "/api/backup";
      return { partition: central, kind: "repeat", isStart: true, isModule };
    }
    if (url.startsWith("/api/schedules/:name")) {
      return scheduleRoute(request, partitions);
    }
    if (!/\/workflows?\/(?:[\w-]+\/)?:id/.test(url)) {
      return undefined;
    }
    const { id } = request.params as { readonly id: string };
    const partition = partitionOfId(id, partitions);
    if (partition === undefined) {
      return undefined;
    }
    if (url.endsWith("/:id/updates")) {
      // It waits for the workflow's answer, like a start.
      const isRepeatable = typeof request.headers["idempotency-key"] === "string";
      return { partition, kind: isRepeatable ? "repeat" : "once", isStart: true };
    }
    return { partition, kind: kindOf(request, url), isStart: false };
  }

  /** Resolves when the request has its response, or should be served here. */
  async #pass(
    request: FastifyRequest,
    reply: FastifyReply,
    route: Route,
    body: Buffer,
  ): Promise<void> {
    const { node } = this.#options;
    const { partition, kind } = route;
    const caller = callerSignal(reply);
    const isPassedOn = request.headers[passedOnHeader] !== undefined;
    const waitMs = isPassedOn ? maxWaitOnceMoreMs : maxWaitLeases * node.leaseMs;
    const deadline = performance.now() + waitMs;
    const tried = new Set<string>();
    while (!this.#enter(route, reply)) {
      const owner = isPassedOn ? undefined : this.#otherFor(partition, tried);
      if (owner !== undefined) {
        const outcome = await this.#send(request, owner, partition, body, caller);
        if (outcome.kind === "answer" && !tellsToGoElsewhere(outcome)) {
          await relay(reply, outcome, request.log);
          return;
        }
        if (outcome.kind === "lost" && (kind === "once" || caller.aborted)) {
          // As if the caller had asked the owner itself: the connection is lost, and it is unknown what was done.
          reply.hijack();
          request.raw.destroy();
          return;
        }
        if (kind === "look") {
          return;
        }
        if (partition === undefined) {
          tried.add(owner.id);
        }
      } else if (kind === "look") {
        return;
      }
      const left = deadline - performance.now();
      if (left <= 0 || caller.aborted) {
        throw partition === undefined ? noPartition() : noOwner(partition);
      }
      await node.changed(Math.min(left, node.leaseMs / 20), caller);
    }
  }

  #otherFor(partition: number | undefined, tried: ReadonlySet<string>): NodeRow | undefined {
    const { node } = this.#options;
    return partition === undefined
      ? node.others.find(({ id }) => !tried.has(id))
      : node.otherOwnerOf(partition);
  }

  /** Aborts if the partition gets another owner meanwhile: this one may be suspended, and never respond. */
  async #send(
    request: FastifyRequest,
    owner: NodeRow,
    partition: number | undefined,
    body: Buffer,
    caller: AbortSignal,
  ): Promise<PeerOutcome> {
    const { node, peers } = this.#options;
    const moved = new AbortController();
    const stop = node.onChange(() => {
      const isElsewhere =
        partition === undefined
          ? node.others.every(({ id }) => id !== owner.id)
          : node.otherOwnerOf(partition)?.id !== owner.id;
      if (isElsewhere) {
        moved.abort();
      }
    });
    try {
      return await peers.send(owner, {
        method: request.method,
        path: request.url,
        headers: headersFor(request, owner),
        body: body.length === 0 ? undefined : body,
        signal: AbortSignal.any([caller, moved.signal]),
      });
    } finally {
      stop();
    }
  }
}

function kindOf({ headers, method }: FastifyRequest, url: string): Kind {
  if (method === "GET" || method === "HEAD") {
    return "look";
  }
  const isRepeatable =
    /\/(?:cancel|terminate)$/.test(url) ||
    (/\/(?:restart|fork)$/.test(url) && typeof headers["idempotency-key"] === "string");
  return isRepeatable ? "repeat" : "once";
}

/** The node that fires a schedule reads and changes it. Everything except a trigger without a key may be repeated. */
function scheduleRoute(
  { headers, params, routeOptions }: FastifyRequest,
  partitions: number,
): Route {
  const { name } = params as { readonly name: string };
  const isOnce =
    routeOptions.url?.endsWith("/trigger") === true &&
    typeof headers["idempotency-key"] !== "string";
  return {
    partition: partitionOfSchedule(name, partitions),
    kind: isOnce ? "once" : "repeat",
    isStart: false,
  };
}

/** Whether a node that gives a partition back, or shuts down, did nothing, so that the next owner must be asked. */
function tellsToGoElsewhere({
  status,
  headers,
  body,
}: Extract<PeerOutcome, { readonly kind: "answer" }>): boolean {
  const code = headers["flawless-error-code"];
  const isElsewhere = status === 503 && (code === "NO_OWNER" || code === "CLOSED");
  if (isElsewhere) {
    body.on("error", () => undefined).resume();
  }
  return isElsewhere;
}

function headersFor(request: FastifyRequest, owner: NodeRow): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined && !hopByHop.has(name)) {
      headers[name] = value;
    }
  }
  if (headers["origin"] !== undefined) {
    // It was already compared with the host of the caller's request.
    headers["origin"] = new URL(owner.url).origin;
  }
  return headers;
}

async function relay(
  reply: FastifyReply,
  { status, headers, body }: Extract<PeerOutcome, { readonly kind: "answer" }>,
  log: FastifyRequest["log"],
): Promise<void> {
  reply.hijack();
  const passed = Object.entries(headers).filter(
    ([name, value]) => value !== undefined && (!hopByHop.has(name) || name === "content-length"),
  );
  reply.raw.writeHead(status, Object.fromEntries(passed) as Record<string, string | string[]>);
  // Events must arrive as they happen.
  reply.raw.flushHeaders();
  await pipeline(body, reply.raw).catch((error: unknown) => {
    log.debug({ err: error }, "an answer of another node broke off");
    reply.raw.destroy();
  });
}

async function readAll(
  stream: Readable | NodeJS.ReadableStream,
  maxBytes: number,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    chunks.push(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    if (bytes > maxBytes) {
      throw new ApiError(
        "BODY_TOO_LARGE",
        `The body has more than the ${maxBytes} bytes that are taken.`,
      );
    }
  }
  return Buffer.concat(chunks);
}

function streamOf(body: Buffer): PassThrough {
  const stream = new PassThrough();
  stream.end(body);
  return stream;
}

function noPartition(): EngineError {
  return new EngineError(
    "NO_OWNER",
    "This node runs no partition at the moment, and no other node can be reached. Nothing was done: send the request again.",
  );
}
