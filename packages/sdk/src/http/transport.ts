import { AnswerTooLargeError } from "../errors/answer-errors.ts";
import { FlawlessTimeoutError, type FlawlessConnectionError } from "../errors/connection-errors.ts";
import { InvalidOptionError } from "@flawless-ts/wasm-module/internal/client";
import type { ResolvedClientOptions } from "../options/client-options.ts";
import { Addresses } from "./addresses.ts";
import type { CallScope } from "./call-scope.ts";
import { CallScopes } from "./call-scopes.ts";
import {
  connectionErrorOfAll,
  connectionProblem,
  flawlessServer,
  type AddressFailure,
  type ServerKind,
} from "./connection-failure.ts";
import type { HttpAnswer, HttpRequest } from "./messages.ts";
import { verdictOf, type Outcome } from "./outcome.ts";
import { readRetryAfter, retryDelayMs } from "./retry.ts";
import { joinBytes } from "./join-bytes.ts";
import { waitWithin } from "./wait-within.ts";
import type { SenderAnswer, SenderSource } from "./sender.ts";

/** Milliseconds. */
const defaultNodeAnswersWithinMs = 10_000;

/**
 * Sends requests, retries them if that is harmless, at another address if there are several, and ends them when their
 * call ends.
 */
export class Transport {
  readonly options: ResolvedClientOptions;
  readonly addresses: Addresses;
  protected readonly server: ServerKind;
  readonly #senders: SenderSource;
  readonly #calls: CallScopes;

  constructor(
    options: ResolvedClientOptions,
    senders: SenderSource,
    server: ServerKind = flawlessServer,
  ) {
    this.options = options;
    this.addresses = new Addresses(options.urls);
    this.#calls = new CallScopes(options.urls.join(", "), options.timeoutMs);
    this.server = server;
    this.#senders = senders;
  }

  /** Begins a call; see {@link CallScopes.begin}. */
  begin(...call: Parameters<CallScopes["begin"]>): CallScope {
    return this.#calls.begin(...call);
  }

  /**
   * Sends a request until there is a response or it may not be retried any more.
   *
   * @returns the response, whatever its status.
   * @throws {FlawlessConnectionError} if there was no response.
   * @throws {AnswerTooLargeError} if it is too large.
   * @throws {FlawlessError} the reason why the call ended.
   */
  async send(request: HttpRequest, scope: CallScope): Promise<HttpAnswer> {
    const rounds = request.rounds ?? this.options.retry.attempts;
    const failures = new Map<string, AddressFailure>();
    let attempts = 0;
    for (let round = 1; ; round += 1) {
      let lastAnswer: HttpAnswer | null = null;
      let retryAfterMs: number | null = null;
      let again = false;
      for (const url of this.addresses.inTurn()) {
        const target = { method: request.method, url: `${url}${request.path}` };
        const outcome = await this.#try(request, url, scope);
        const verdict = verdictOf(request, outcome, this.addresses.several);
        attempts += 1;
        if (outcome.answer === null) {
          failures.set(url, { ...target, problem: outcome.problem });
          scope.lastFailure = outcome.problem.cause;
        } else {
          lastAnswer = outcome.answer;
          retryAfterMs = soonest(retryAfterMs, outcome.retryAfterMs);
        }
        if (verdict === "final") {
          if (outcome.answer === null) throw this.failure([...failures.values()], attempts);
          this.addresses.stickTo(url);
          return outcome.answer;
        }
        this.addresses.leave(url);
        if (verdict === "again") again = true;
      }
      const delayMs = retryDelayMs(this.options, round, retryAfterMs);
      // For calls that wait, a timeout is a better error than the last failure.
      const fits = rounds === Infinity || delayMs < scope.remainingMs;
      if (round >= rounds || !again || !fits) {
        if (lastAnswer !== null) return lastAnswer;
        throw this.failure([...failures.values()], attempts);
      }
      await this.pause(delayMs, scope);
    }
  }

  /** @throws {FlawlessError} the reason, if the call ended meanwhile. */
  async pause(milliseconds: number, scope: CallScope): Promise<void> {
    try {
      await this.options.sleep(milliseconds, scope.signal);
    } finally {
      // An aborted sleep rejects with its own error.
      scope.check();
    }
  }

  /** Ends all calls and closes the connections. Calling it again does nothing. */
  async close(): Promise<void> {
    this.#calls.close();
    await this.#senders.close();
  }

  async #try(request: HttpRequest, base: string, scope: CallScope): Promise<Outcome> {
    const target = { method: request.method, url: `${base}${request.path}` };
    scope.check();
    try {
      const response = await this.request(request, base, scope);
      const bytes = await readBytes(response.body, target.url, this.options.maxResponseBytes);
      const text = new TextDecoder().decode(bytes);
      const { status, headers } = response;
      return {
        answer: { ...target, status, headers, text },
        retryAfterMs: readRetryAfter(headers["retry-after"], Date.now()),
      };
    } catch (cause) {
      // A node that was silent until the call's timeout may be dead. A long poll's response is late by design.
      const late = FlawlessTimeoutError.is(scope.signal.reason);
      if (late && request.answerWithinMs === undefined) this.addresses.leave(base);
      scope.check();
      if (AnswerTooLargeError.is(cause) || InvalidOptionError.is(cause)) throw cause;
      return { answer: null, problem: await connectionProblem(cause, this.server) };
    }
  }

  protected failure(
    failures: readonly AddressFailure[],
    attempts: number,
  ): FlawlessConnectionError {
    return connectionErrorOfAll(failures, attempts, this.server);
  }

  protected async request(
    request: HttpRequest,
    base: string,
    scope: CallScope,
    bodyWithinMs?: number,
  ): Promise<SenderAnswer> {
    const { token } = this.options;
    const answerWithinMs =
      this.addresses.several && request.repeat === "harmless"
        ? (request.nodeAnswersWithinMs ?? defaultNodeAnswersWithinMs)
        : (request.answerWithinMs ?? 0);
    const sender = await waitWithin(this.#senders.of(base), scope);
    const sent = sender.send({
      url: `${base}${request.path}`,
      method: request.method,
      headers: {
        accept: "application/json",
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...request.headers,
      },
      body: request.body ?? null,
      signal: scope.signal,
      // Usually the call's own timeout decides: a start may wait for minutes.
      headersWithinMs: answerWithinMs,
      bodyWithinMs: bodyWithinMs ?? answerWithinMs,
    });
    // A later outcome is due to our abort, which the library notices only once it has a connection.
    sent.catch(() => undefined);
    const answer = await waitWithin(sent, scope);
    // This is also how a server announces that it is about to stop.
    if (answer.headers["connection"] === "close") this.addresses.shun(base);
    return answer;
  }
}

function soonest(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.min(one, other);
}

/** @throws {AnswerTooLargeError} if there are more than `maxBytes`. */
export async function readBytes(
  body: AsyncIterable<Uint8Array>,
  url: string,
  maxBytes: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop early closes the connection: nothing beyond the limit is read.
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new AnswerTooLargeError(url, maxBytes);
    chunks.push(chunk);
  }
  return joinBytes(chunks);
}
