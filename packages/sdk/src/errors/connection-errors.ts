import { FlawlessError } from "@flawless-ts/wasm-module/internal/client";

/** Details of a {@link FlawlessConnectionError}. */
export interface ConnectionFailure {
  readonly url: string;
  /** All that were tried, in turn. Default: `url` alone. */
  readonly urls?: readonly string[] | undefined;
  /** Whether the server may have got the request: `false` when no connection came about. */
  readonly maybeSent: boolean;
  /** How often the request was tried. */
  readonly attempts: number;
}

/**
 * The server could not be reached, or the connection broke before its answer was complete.
 *
 * With `maybeSent` the server may have done what it was asked to: a start may have started a workflow.
 */
export class FlawlessConnectionError extends FlawlessError {
  override readonly code = "FLAWLESS_CONNECTION_FAILED" as const;
  /** Of the address that may have got the request; if none may have, the one that was tried last. */
  readonly url: string;
  /** All that were tried, in turn: more than one where the client has several. */
  readonly urls: readonly string[];
  /** Whether the server may have got the request: `false` when no connection came about. */
  readonly maybeSent: boolean;
  /** How often the request was tried. */
  readonly attempts: number;

  constructor(message: string, failure: ConnectionFailure, options?: ErrorOptions) {
    super(message, options);
    this.url = failure.url;
    this.urls = failure.urls ?? [failure.url];
    this.maybeSent = failure.maybeSent;
    this.attempts = failure.attempts;
  }

  override get _tag(): "FlawlessConnectionError" {
    return "FlawlessConnectionError";
  }
}

/** A call took longer than it was allowed to. What it asked for may still happen. */
export class FlawlessTimeoutError extends FlawlessError {
  override readonly code = "FLAWLESS_TIMEOUT" as const;
  /** Milliseconds the call was allowed to take. */
  readonly timeoutMs: number;

  /** @param action what took too long, as in "GET http://127.0.0.1:27288/version". */
  constructor(action: string, timeoutMs: number, advice: string, options?: ErrorOptions) {
    super(`${action} took longer than ${timeoutMs} ms. ${advice}`, options);
    this.timeoutMs = timeoutMs;
  }

  override get _tag(): "FlawlessTimeoutError" {
    return "FlawlessTimeoutError";
  }
}

/** The call's `signal` was aborted; its reason is the `cause`. What the call asked for may still happen. */
export class FlawlessAbortedError extends FlawlessError {
  override readonly code = "FLAWLESS_ABORTED" as const;

  /** @param action what was aborted, as in "GET http://127.0.0.1:27288/version". */
  constructor(action: string, reason: unknown) {
    super(`${action} was aborted by the signal passed to it.`, { cause: reason });
  }

  override get _tag(): "FlawlessAbortedError" {
    return "FlawlessAbortedError";
  }
}
