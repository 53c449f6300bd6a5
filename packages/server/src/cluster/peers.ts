import { AsyncLocalStorage } from "node:async_hooks";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { Agent, type Dispatcher } from "undici";
import { globalTimers } from "../time/timers.ts";
import { PeerWatch } from "./peer-watch.ts";
import type { NodeRow } from "../store/postgres/index.ts";

/** Names the node that passed a request on: it is not passed on again. */
export const passedOnHeader = "flawless-passed-on-by";

/** What is sent to another node. */
export interface PeerRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: Buffer | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What came of it. */
export type PeerOutcome =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers: Readonly<Record<string, string | string[] | undefined>>;
      readonly body: Readable;
    }
  /** No connection could be had: the other node knows nothing of it. */
  | { readonly kind: "not sent" }
  /** The connection was lost, or the signal was aborted: nobody knows whether it was done. */
  | { readonly kind: "lost" };

/** What another node answered to a small question. */
export interface PeerAnswer {
  readonly status: number;
  /** Of an error. */
  readonly code: string | undefined;
  readonly text: string;
}

/** Who asked for what is done. */
export interface Caller {
  readonly authorization: string | undefined;
  /** Whether another node has passed it on. */
  readonly isPassedOn: boolean;
}

const connectTimeoutMs = 2_000;
/** How long a small question may take. */
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

/** Connections to the other nodes. What is asked for a caller is asked with the caller's token. */
export class Peers {
  readonly #nodeId: string;
  readonly #agent = new Agent({
    connect: { timeout: connectTimeoutMs },
    // Who waits for a workflow may wait for long; who goes away ends it.
    headersTimeout: 0,
    bodyTimeout: 0,
    // A node that stops waits for longer before it closes a connection: none is closed under a request.
    keepAliveTimeout: 500,
    keepAliveMaxTimeout: 500,
  });
  readonly #callers = new AsyncLocalStorage<Caller>();
  readonly #watch = new PeerWatch(globalTimers, (url) => this.#lives(url));
  /** How many requests were passed on so far. */
  passedOn = 0;

  constructor(nodeId: string) {
    this.#nodeId = nodeId;
  }

  /** Does something on behalf of a caller. */
  onBehalfOf<T>(caller: Caller, work: () => T): T {
    return this.#callers.run(caller, work);
  }

  /** Whether what is done now was passed on by another node: only this one is to do it. */
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
   * A small question for the caller on whose behalf this runs.
   * @returns undefined where no answer came
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
