import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  preParsingHookHandler,
} from "@flawless-ts/http-service/fastify";
import { PassThrough, type Readable } from "node:stream";
import { ApiError, callerSignal } from "@flawless-ts/http-service";
import { EngineError } from "../errors.ts";
import type { NodeRow } from "../store/postgres/index.ts";
import type { PartitionNode } from "./partition-node.ts";
import { noOwner } from "./no-owner.ts";
import { headersFor, relay, tellsToGoElsewhere } from "./forwarding.ts";
import { passedOnHeader, type PeerOutcome, type Peers } from "./peers.ts";
import { type Route, routeOf, startUrl } from "./request-route.ts";

type RequestPayload = Parameters<preParsingHookHandler>[2];

/** How long a request waits for its partition's owner, in leases: a killed node's last one lease, then are claimed. */
const maxWaitLeases = 3;
/** A passed-on request waits less, because the node that passed it on waits as well. */
const maxWaitOnceMoreMs = 1_000;

/** The max size of what surrounds a module in the body of a deploy. */
const envelopeBytes = 64 * 1024;

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
      // Starts reach other engines without peers, so they go without the context.
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
    const { centralPartition, node } = this.#options;
    const route = routeOf(request, node, centralPartition);
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
          hangUp(request, reply);
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
      if (caller.aborted) {
        // Another node that passed it on leaves as soon as the partition has another owner: nothing has failed.
        hangUp(request, reply);
        return;
      }
      const left = deadline - performance.now();
      if (left <= 0) {
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

function hangUp(request: FastifyRequest, reply: FastifyReply): void {
  reply.hijack();
  request.raw.destroy();
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
