import { AsyncLocalStorage } from "node:async_hooks";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { Agent, type Dispatcher } from "undici";
import { globalTimers } from "../time/timers.ts";
import { PeerWatch } from "./peer-watch.ts";
import type { NodeRow } from "../store/postgres/index.ts";

/** The header with the node that passed a request on; such a request is not passed on again. */
export const passedOnHeader = "flawless-passed-on-by";

/** A request to another node. */
export interface PeerRequest {
  readonly method: string;
  /** Includes the query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: Buffer | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The outcome of a request. */
export type PeerOutcome =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers: Readonly<Record<string, string | string[] | undefined>>;
      readonly body: Readable;
    }
  /** No connection could be made: the other node knows nothing about the request. */
  | { readonly kind: "not sent" }
  /** The connection was lost, or the signal was aborted: it is unknown whether it was done. */
  | { readonly kind: "lost" };

/** Another node's response to a small request. */
export interface PeerAnswer {
  readonly status: number;
  /** The code of an error. */
  readonly code: string | undefined;
  readonly text: string;
}

/** The caller on whose behalf something is done. */
export interface Caller {
  readonly authorization: string | undefined;
  /** Whether another node has passed the request on. */
  readonly isPassedOn: boolean;
}

const connectTimeoutMs = 2_000;
/** The timeout of a small request. */
const answerTimeoutMs = 10_000;
const notSentCodes: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EHOSTDOWN",
  "ENOTFOUND",
  "EAI_AGAIN",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** Connections to the other nodes. Requests on behalf of a caller use the caller's token. */
export class Peers {
  readonly #nodeId: string;
  readonly #agent = new Agent({
    connect: { timeout: connectTimeoutMs },
    // A request may wait for a workflow for a long time; it ends when its caller disconnects.
    headersTimeout: 0,
    bodyTimeout: 0,
    // Shorter than a stopping node waits before it closes a connection, so that no request loses its connection.
    keepAliveTimeout: 500,
    keepAliveMaxTimeout: 500,
  });
  readonly #callers = new AsyncLocalStorage<Caller>();
  readonly #watch = new PeerWatch(globalTimers, (url) => this.#lives(url));
  /** The number of requests that were passed on so far. */
  passedOn = 0;

  constructor(nodeId: string) {
    this.#nodeId = nodeId;
  }

  /** Runs work on behalf of a caller. */
  onBehalfOf<T>(caller: Caller, work: () => T): T {
    return this.#callers.run(caller, work);
  }

  /** Whether another node passed the current request on: only this node must do it. */
  get isPassedOn(): boolean {
    return this.#callers.getStore()?.isPassedOn ?? false;
  }

  async send({ url }: Pick<NodeRow, "url">, request: PeerRequest): Promise<PeerOutcome> {
    return this.#watch.during(url, (gone) => this.#send(url, request, gone));
  }

  async #send(url: string, request: PeerRequest, gone: AbortSignal): Promise<PeerOutcome> {
    const base = new URL(url);
    const { signal } = request;
    try {
      const { statusCode, headers, body } = await this.#agent.request({
        origin: base.origin,
        path: base.pathname.replace(/\/$/, "") + request.path,
        method: request.method as Dispatcher.HttpMethod,
        headers: { ...request.headers, [passedOnHeader]: this.#nodeId },
        body: request.body ?? null,
        signal: signal === undefined ? gone : AbortSignal.any([signal, gone]),
      });
      this.passedOn += 1;
      return { kind: "answer", status: statusCode, headers, body };
    } catch (error) {
      return { kind: isNotSent(error) ? "not sent" : "lost" };
    }
  }

  /**
   * Sends a small request on behalf of the current caller.
   * @returns undefined if there was no response
   */
  async ask(
    node: Pick<NodeRow, "url">,
    request: Omit<PeerRequest, "body"> & { readonly json?: unknown },
  ): Promise<PeerAnswer | undefined> {
    const authorization = this.#callers.getStore()?.authorization;
    const { json } = request;
    const timeout = AbortSignal.timeout(answerTimeoutMs);
    const outcome = await this.send(node, {
      signal: timeout,
      ...request,
      headers: {
        ...request.headers,
        ...(authorization === undefined ? {} : { authorization }),
        ...(json === undefined ? {} : { "content-type": "application/json" }),
      },
      body: json === undefined ? undefined : Buffer.from(JSON.stringify(json)),
    });
    if (outcome.kind !== "answer") {
      return undefined;
    }
    try {
      const code = outcome.headers["flawless-error-code"];
      return {
        status: outcome.status,
        code: typeof code === "string" ? code : undefined,
        text: await text(outcome.body),
      };
    } catch {
      return undefined;
    }
  }

  async #lives(url: string): Promise<boolean> {
    try {
      const answer = await this.#agent.request({
        origin: new URL(url).origin,
        path: `${new URL(url).pathname.replace(/\/$/, "")}/version`,
        method: "GET",
        signal: AbortSignal.timeout(connectTimeoutMs),
      });
      await answer.body.dump();
      return true;
    } catch {
      return false;
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

function isNotSent(error: unknown): boolean {
  if (error instanceof AggregateError) {
    return error.errors.every((each) => isNotSent(each));
  }
  const { code } = error as { readonly code?: unknown };
  return typeof code === "string" && notSentCodes.has(code);
}
