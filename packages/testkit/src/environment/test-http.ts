import { writeJson } from "@flawless-ts/sdk";
import type { NetworkRules } from "@flawless-ts/server";
import {
  HttpTransportFailure,
  NetworkHttpClient,
  NetworkPolicy,
  type HttpClient,
  type IncomingResponse,
  type OutgoingRequest,
} from "@flawless-ts/server/internal";
import type { DurationLike, HttpTransportErrorKind } from "@flawless-ts/wasm-module";
import type { Dispatcher } from "undici";
import { toMilliseconds } from "../duration.ts";
import { TestkitError } from "../errors.ts";
import { hang, type TestHandler, type TestReply, type TestRequest } from "./http-reply.ts";
import { routeHandler, type TestRoutes } from "./http-routes.ts";
import { realTimers } from "./real-timers.ts";
import type { TestClock } from "./test-clock.ts";

/** What responds to workflows' requests: a handler, routes, an undici dispatcher (MockAgent), or the network. */
export type TestHttpOption = TestHandler | TestRoutes | Dispatcher | "network";

/** Faults of requests, by their number in the environment. */
export type RequestFault =
  /** It doesn't arrive: the workflow gets this transport error. */
  | { readonly request: number; readonly fail: HttpTransportErrorKind }
  /** It arrives, and its response takes this much of the environment's time. */
  | { readonly request: number; readonly delay: DurationLike }
  /** No response until the workflow's timeout: the request is lost, or its response is. */
  | { readonly request: number; readonly drop: "request" | "answer" }
  /** The server crashes: before the request arrives, or after that but before the response arrives. */
  | { readonly request: number; readonly crash: "before" | "after" };

const answerTimeoutMs = 5_000;

/** A response, and how much of the environment's time it takes. */
interface Answer {
  readonly response: IncomingResponse | typeof hang;
  readonly afterMs: number;
}

type Answerer = (
  request: TestRequest,
  outgoing: OutgoingRequest,
  options: { readonly signal: AbortSignal; readonly bodyLimitBytes: number },
) => Promise<Answer>;

/** Responds to workflows' requests, and records them. */
export class TestHttp implements HttpClient {
  /** The requests that arrived, in order. */
  readonly requests: TestRequest[] = [];
  /** Mistakes in the test that must be reported. */
  readonly problems: TestkitError[] = [];
  readonly #clock: TestClock;
  readonly #answer: Answerer;
  readonly #faults: RequestFault[];
  readonly #onCrash: () => void;
  readonly #policy: NetworkPolicy;
  readonly #working = new Set<Promise<unknown>>();
  #count = 0;

  constructor(
    option: TestHttpOption | undefined,
    parts: {
      readonly clock: TestClock;
      readonly network?: NetworkRules | undefined;
      readonly faults: readonly RequestFault[];
      onCrash(): void;
    },
  ) {
    this.#clock = parts.clock;
    this.#faults = [...parts.faults];
    this.#onCrash = () => parts.onCrash();
    this.#policy = new NetworkPolicy(parts.network);
    this.#answer = this.#answerer(option, parts.network);
  }

  addFault(fault: RequestFault): void {
    this.#faults.push(fault);
  }

  /** Settled when every called handler has answered; undefined if none is running. */
  get working(): Promise<unknown> | undefined {
    return this.#working.size === 0 ? undefined : Promise.allSettled(this.#working);
  }

  async send(
    outgoing: OutgoingRequest,
    options: { readonly signal: AbortSignal; readonly bodyLimitBytes: number },
  ): Promise<IncomingResponse> {
    this.#count += 1;
    const number = this.#count;
    const fault = this.#faults.find(({ request }) => request === number);
    if (fault !== undefined && "fail" in fault) {
      throw new HttpTransportFailure(fault.fail, "the test lets this request fail", {
        url: outgoing.url,
      });
    }
    if (fault !== undefined && "drop" in fault && fault.drop === "request") {
      return await never();
    }
    if (fault !== undefined && "crash" in fault && fault.crash === "before") {
      this.#onCrash();
      return await never();
    }
    if (URL.canParse(outgoing.url)) {
      this.#policy.assertUrl(new URL(outgoing.url));
    }
    const request = this.#received(outgoing, number);
    const answering = this.#answer(request, outgoing, options);
    const { response, afterMs } = await this.#watched(answering, request);
    if (fault !== undefined && "crash" in fault) {
      this.#onCrash();
      return await never();
    }
    if (response === hang || (fault !== undefined && "drop" in fault)) {
      return await never();
    }
    const delayMs = fault !== undefined && "delay" in fault ? toMilliseconds(fault.delay) : 0;
    if (afterMs + delayMs > 0) {
      await this.#pause(afterMs + delayMs);
    }
    return response;
  }

  #received(outgoing: OutgoingRequest, number: number): TestRequest {
    const headers: Record<string, string> = {};
    for (const [name, value] of outgoing.headers) {
      const lower = name.toLowerCase();
      headers[lower] = headers[lower] === undefined ? value : `${headers[lower]}, ${value}`;
    }
    const { method, url, body, idempotent } = outgoing;
    const text = Buffer.from(body).toString();
    const at = this.#clock.now();
    const request = { number, method, url, headers, body, text, idempotent, at };
    this.requests.push(request);
    return request;
  }

  /** Time doesn't pass while the test itself prepares a response, but that must not last forever. */
  async #watched<Value>(answering: Promise<Value>, request: TestRequest): Promise<Value> {
    const stuck = Promise.withResolvers<never>();
    const timer = realTimers.setTimeout(() => {
      const problem = new TestkitError(
        "FLAWLESS_TESTKIT_HANDLER_STUCK",
        `The handler has not answered ${request.method} ${request.url} for ${answerTimeoutMs} ms of real ` +
          "time. To let a request hang, reply with `hang`.",
      );
      this.problems.push(problem);
      stuck.reject(problem);
    }, answerTimeoutMs);
    const watched = Promise.race([answering, stuck.promise]);
    this.#working.add(watched);
    try {
      return await watched;
    } finally {
      realTimers.clearTimeout(timer);
      this.#working.delete(watched);
    }
  }

  #answerer(option: TestHttpOption | undefined, rules: NetworkRules | undefined): Answerer {
    if (option === "network" || isDispatcher(option)) {
      const client = new NetworkHttpClient(option === "network" ? undefined : option, { rules });
      return async (_request, outgoing, options) => ({
        response: await client.send(outgoing, options),
        afterMs: 0,
      });
    }
    const handler = typeof option === "function" ? option : routeHandler(option ?? {});
    return async (request) => {
      const replying = handler(request);
      if (replying === undefined) {
        throw this.#unexpected(request);
      }
      return await toAnswer(await replying, request.url);
    };
  }

  #unexpected(request: TestRequest): TestkitError {
    const body =
      request.text === "" ? "" : ` with the body ${JSON.stringify(request.text.slice(0, 500))}`;
    const problem = new TestkitError(
      "FLAWLESS_TESTKIT_UNEXPECTED_REQUEST",
      `A workflow sent ${request.method} ${request.url}${body}, but no route of the environment answers ` +
        "that. Add one to `http`.",
    );
    this.problems.push(problem);
    return problem;
  }

  #pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.setTimer(this.#clock.now() + milliseconds, resolve);
    });
  }
}

async function toAnswer(reply: TestReply, url: string): Promise<Answer> {
  if (reply === hang) {
    return { response: hang, afterMs: 0 };
  }
  if (reply instanceof Response) {
    const body = new Uint8Array(await reply.arrayBuffer());
    const { status: statusCode, headers } = reply;
    return { response: { statusCode, url, headers: [...headers], body }, afterMs: 0 };
  }
  if ("fail" in reply) {
    const message = reply.message ?? "the test lets this request fail";
    throw new HttpTransportFailure(reply.fail, message, { url });
  }
  const isJson = reply.json !== undefined;
  const headers = { ...(isJson ? { "content-type": "application/json" } : {}), ...reply.headers };
  const body = isJson ? writeJson(reply.json, "The reply's `json`") : (reply.body ?? "");
  return {
    response: {
      statusCode: reply.status ?? 200,
      url,
      headers: Object.entries(headers),
      body: typeof body === "string" ? Buffer.from(body) : body,
    },
    afterMs: reply.after === undefined ? 0 : toMilliseconds(reply.after),
  };
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}

function isDispatcher(option: TestHttpOption | undefined): option is Dispatcher {
  return (
    typeof option === "object" && "dispatch" in option && typeof option.dispatch === "function"
  );
}
