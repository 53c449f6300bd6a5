import { Agent, request as sendRequest, type Dispatcher } from "undici";
import { AnswerTooLargeError, ClientClosedError } from "../errors/index.ts";
import { checkedTimeout, type ResolvedOptions } from "../options.ts";
import { CallScope, type CallOptions } from "./call-scope.ts";
import {
  connectionError,
  connectionProblem,
  type ConnectionProblem,
} from "./connection-failure.ts";
import { readRetryAfter, retryDelayMs } from "./retry.ts";

/** A request to the server. */
export interface HttpRequest {
  readonly method: "GET" | "POST";
  /** Begins with a slash; each part percent-encoded. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /**
   * When it may be repeated: after every passing failure, because a repeat is harmless; only after those that kept it
   * from being sent; or never.
   */
  readonly repeat: "harmless" | "unless-sent" | "never";
  /**
   * How long the server may stay silent, in milliseconds, before the connection is taken for broken. Default: as long as
   * the call.
   */
  readonly answerWithinMs?: number;
}

/** The server's answer, whatever its status. */
export interface HttpAnswer {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  /** Where a redirect goes. */
  readonly location: string | undefined;
  readonly text: string;
}

/** A try that could be repeated: an answer, or none. */
type Outcome =
  | { readonly answer: HttpAnswer; readonly retryAfterMs: number | null }
  | { readonly answer: null; readonly problem: ConnectionProblem };

/** Statuses that tell of a passing trouble. */
const passingStatuses: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** Without a time-out of their own, calls that the server answers at once may take this long. */
const defaultTimeoutMs = 30_000;

/** Sends requests, repeats them where that is harmless, and ends them when their call ends. */
export class Transport {
  readonly options: ResolvedOptions;
  readonly #dispatcher: Dispatcher;
  readonly #calls: Set<CallScope> = new Set();
  #closed = false;

  constructor(options: ResolvedOptions) {
    this.options = options;
    this.#dispatcher = options.dispatcher ?? new Agent();
  }

  /**
   * Begins a call.
   *
   * @param action what it does, for errors: "Listing workflows".
   * @param patience `"unlimited"`: without any time-out given, the call may take for ever.
   * @throws {InvalidOptionsError} when the time-out makes no sense.
   * @throws {ClientClosedError} when the client is closed.
   */
  begin(
    action: string,
    options: CallOptions,
    patience: "usual" | "unlimited" = "usual",
    timeoutAdvice: string = "The server may still carry it out. Allow it more time by `timeoutMs`.",
  ): CallScope {
    if (this.#closed) throw new ClientClosedError();
    const givenMs =
      options.timeoutMs === undefined ? this.options.timeoutMs : checkedTimeout(options.timeoutMs);
    const scope = new CallScope(`${action} at ${this.options.url}`, {
      signal: options.signal,
      timeoutMs: givenMs ?? (patience === "usual" ? defaultTimeoutMs : Infinity),
      timeoutAdvice,
      onEnd: (ended) => this.#calls.delete(ended),
    });
    this.#calls.add(scope);
    return scope;
  }

  /**
   * Sends a request until it is answered or may not be repeated any more.
   *
   * @returns the answer, whatever its status.
   * @throws {FlawlessConnectionError} when none came.
   * @throws {AnswerTooLargeError} when it is too large.
   * @throws {FlawlessError} the reason why the call had to end.
   */
  async send(request: HttpRequest, scope: CallScope): Promise<HttpAnswer> {
    const { retry, url } = this.options;
    const target = { method: request.method, url: `${url}${request.path}` };
    for (let attempts = 1; ; attempts += 1) {
      const outcome = await this.#try(request, target, scope);
      const retryAfterMs = outcome.answer === null ? null : outcome.retryAfterMs;
      const delayMs = retryDelayMs(retry, attempts, retryAfterMs);
      if (
        attempts >= retry.attempts ||
        !mayRepeat(request, outcome) ||
        delayMs >= scope.remainingMs
      ) {
        if (outcome.answer !== null) return outcome.answer;
        throw connectionError(target, outcome.problem, attempts);
      }
      if (outcome.answer === null) scope.lastFailure = outcome.problem.cause;
      await this.pause(delayMs, scope);
    }
  }

  /** @throws {FlawlessError} the reason why the call had to end meanwhile. */
  async pause(milliseconds: number, scope: CallScope): Promise<void> {
    try {
      await this.options.sleep(milliseconds, scope.signal);
    } finally {
      // A sleep that is aborted rejects with an error of its own.
      scope.check();
    }
  }

  /** Ends all calls and closes the connections. Calling it again does nothing. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const scope of this.#calls) scope.abort(new ClientClosedError());
    if (this.options.dispatcher === null) await this.#dispatcher.destroy();
  }

  async #try(
    request: HttpRequest,
    target: { readonly method: string; readonly url: string },
    scope: CallScope,
  ): Promise<Outcome> {
    scope.check();
    const { token, maximumResponseBytes } = this.options;
    try {
      const response = await sendRequest(target.url, {
        dispatcher: this.#dispatcher,
        method: request.method,
        headers: {
          accept: "application/json",
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...request.headers,
        },
        body: request.body ?? null,
        signal: scope.signal,
        // Usually the call's own time-out decides: undici's would end a start that waits for minutes.
        headersTimeout: request.answerWithinMs ?? 0,
        bodyTimeout: request.answerWithinMs ?? 0,
      });
      const text = await readText(response.body, target.url, maximumResponseBytes);
      const { statusCode: status, headers } = response;
      return {
        answer: { ...target, status, location: singleHeader(headers["location"]), text },
        retryAfterMs: readRetryAfter(singleHeader(headers["retry-after"]), Date.now()),
      };
    } catch (cause) {
      scope.check();
      if (AnswerTooLargeError.is(cause)) throw cause;
      return { answer: null, problem: connectionProblem(cause) };
    }
  }
}

function mayRepeat(request: HttpRequest, outcome: Outcome): boolean {
  switch (request.repeat) {
    case "harmless":
      return outcome.answer === null
        ? outcome.problem.passing
        : passingStatuses.has(outcome.answer.status);
    case "unless-sent":
      return outcome.answer === null && outcome.problem.passing && !outcome.problem.maybeSent;
    case "never":
      return false;
  }
}

async function readText(
  body: AsyncIterable<Buffer>,
  url: string,
  maximumBytes: number,
): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Leaving the loop early ends the connection: nothing beyond the limit is read.
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maximumBytes) throw new AnswerTooLargeError(url, maximumBytes);
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

function singleHeader(header: string | string[] | undefined): string | undefined {
  return typeof header === "object" ? header[0] : header;
}
