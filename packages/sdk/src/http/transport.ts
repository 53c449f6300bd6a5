import type { Readable } from "node:stream";
import { Agent, request as sendRequest, type Dispatcher } from "undici";
import { AnswerTooLargeError, type FlawlessConnectionError } from "../errors/index.ts";
import type { ResolvedOptions } from "../options.ts";
import type { CallScope } from "./call-scope.ts";
import { CallScopes } from "./call-scopes.ts";
import {
  connectionError,
  connectionProblem,
  flawlessServer,
  type ConnectionProblem,
  type ServerKind,
} from "./connection-failure.ts";
import { readRetryAfter, retryDelayMs } from "./retry.ts";

/** A request to the server. */
export interface HttpRequest {
  readonly method: "GET" | "POST";
  /** Begins with a slash; each part percent-encoded. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A stream can be sent once only: its request is never repeated. */
  readonly body?: string | Uint8Array | Readable;
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

/** The headers of an answer, by lower-case names; of one that came several times, the first. */
export type AnswerHeaders = Readonly<Record<string, string>>;

/** The server's answer, whatever its status. */
export interface HttpAnswer {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly text: string;
}

/** An answer whose body is still coming. */
export interface HttpStream {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly headers: AnswerHeaders;
  /**
   * The body, to be read once. Leaving it early closes the connection.
   *
   * @throws {FlawlessConnectionError} when the connection breaks.
   * @throws {FlawlessError} the reason why the call had to end.
   */
  readonly chunks: AsyncIterable<Buffer>;
}

/** A try that could be repeated: an answer, or none. */
type Outcome =
  | { readonly answer: HttpAnswer; readonly retryAfterMs: number | null }
  | { readonly answer: null; readonly problem: ConnectionProblem };

/** Statuses that tell of a passing trouble. */
const passingStatuses: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** Sends requests, repeats them where that is harmless, and ends them when their call ends. */
export class Transport {
  readonly options: ResolvedOptions;
  readonly #server: ServerKind;
  readonly #dispatcher: Dispatcher;
  readonly #calls: CallScopes;

  constructor(options: ResolvedOptions, server: ServerKind = flawlessServer) {
    this.options = options;
    this.#calls = new CallScopes(options.url, options.timeoutMs);
    this.#server = server;
    this.#dispatcher = options.dispatcher ?? ownAgent(options.ca);
  }

  /** Begins a call; see {@link CallScopes.begin}. */
  begin(...call: Parameters<CallScopes["begin"]>): CallScope {
    return this.#calls.begin(...call);
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
      const delayMs = retryDelayMs(this.options, attempts, retryAfterMs);
      if (
        attempts >= retry.attempts ||
        !mayRepeat(request, outcome) ||
        delayMs >= scope.remainingMs
      ) {
        if (outcome.answer !== null) return outcome.answer;
        throw connectionError(target, outcome.problem, attempts, this.#server);
      }
      if (outcome.answer === null) scope.lastFailure = outcome.problem.cause;
      await this.pause(delayMs, scope);
    }
  }

  /**
   * Sends a request once and gives its answer as it comes.
   *
   * @param scope has to last until the body is read.
   * @throws {FlawlessConnectionError} when none came.
   * @throws {FlawlessError} the reason why the call had to end.
   */
  async open(request: HttpRequest, scope: CallScope): Promise<HttpStream> {
    const target = { method: request.method, url: `${this.options.url}${request.path}` };
    const failure = (cause: unknown): FlawlessConnectionError => {
      scope.check();
      return connectionError(target, connectionProblem(cause, this.#server), 1, this.#server);
    };
    async function* chunksOf(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
      try {
        yield* body;
      } catch (cause) {
        throw failure(cause);
      }
    }
    scope.check();
    try {
      const response = await this.#request(request, target.url, scope);
      const { statusCode: status, body } = response;
      return {
        ...target,
        status,
        headers: singleHeaders(response.headers),
        chunks: chunksOf(body),
      };
    } catch (cause) {
      throw failure(cause);
    }
  }

  /**
   * Reads what an opened request is answered.
   *
   * @throws {AnswerTooLargeError} when it is too large.
   * @throws {FlawlessError} as {@link HttpStream.chunks} does.
   */
  async readAll({ url, chunks }: HttpStream): Promise<Buffer> {
    return await readBytes(chunks, url, this.options.maxResponseBytes);
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
    this.#calls.close();
    if (this.options.dispatcher !== null) return;
    // Bun puts a class of its own in the place of undici's, which has no connections to close.
    await (this.#dispatcher as Partial<Dispatcher>).destroy?.();
  }

  async #try(
    request: HttpRequest,
    target: { readonly method: string; readonly url: string },
    scope: CallScope,
  ): Promise<Outcome> {
    scope.check();
    try {
      const response = await this.#request(request, target.url, scope);
      const bytes = await readBytes(response.body, target.url, this.options.maxResponseBytes);
      const text = new TextDecoder().decode(bytes);
      const headers = singleHeaders(response.headers);
      return {
        answer: { ...target, status: response.statusCode, headers, text },
        retryAfterMs: readRetryAfter(headers["retry-after"], Date.now()),
      };
    } catch (cause) {
      scope.check();
      if (AnswerTooLargeError.is(cause)) throw cause;
      return { answer: null, problem: connectionProblem(cause, this.#server) };
    }
  }

  async #request(
    request: HttpRequest,
    url: string,
    scope: CallScope,
  ): Promise<Dispatcher.ResponseData> {
    const { token } = this.options;
    return await sendRequest(url, {
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
  }
}

function ownAgent(ca: ResolvedOptions["ca"]): Agent {
  if (ca === null) return new Agent();
  return new Agent({ connect: { ca: typeof ca === "string" ? ca : [...ca] } });
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

async function readBytes(
  body: AsyncIterable<Buffer>,
  url: string,
  maxBytes: number,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Leaving the loop early ends the connection: nothing beyond the limit is read.
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new AnswerTooLargeError(url, maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function singleHeaders(headers: Dispatcher.ResponseData["headers"]): AnswerHeaders {
  const single: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const first = typeof value === "object" ? value[0] : value;
    if (first !== undefined) single[name] = first;
  }
  return single;
}
