import { FlawlessError } from "@flawless-ts/wasm-module/internal/client";

/** Details of a {@link FlawlessConnectionError}. */
export interface ConnectionFailure {
  readonly url: string;
  /** All URLs that were tried, in order. Default: only `url`. */
  readonly urls?: readonly string[] | undefined;
  /** Whether the server may have got the request: `false` if there was no connection. */
  readonly maybeSent: boolean;
  /** The number of attempts. */
  readonly attempts: number;
}

/**
 * The server could not be reached, or the connection broke before its response was complete.
 *
 * With `maybeSent`, the server may have carried out the request: a start may have started a workflow.
 */
export class FlawlessConnectionError extends FlawlessError {
  override readonly code = "FLAWLESS_CONNECTION_FAILED" as const;
  /** The address that may have got the request; if there is none, the one that was tried last. */
  readonly url: string;
  /** All URLs that were tried, in order: more than one if the client has several. */
  readonly urls: readonly string[];
  /** Whether the server may have got the request: `false` if there was no connection. */
  readonly maybeSent: boolean;
  /** The number of attempts. */
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

/** A call timed out. The request may still be carried out. */
export class FlawlessTimeoutError extends FlawlessError {
  override readonly code = "FLAWLESS_TIMEOUT" as const;
  /** The timeout, in milliseconds. */
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

/** The call's `signal` was aborted; its reason is the `cause`. The request may still be carried out. */
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
