import type { FlawlessError } from "@flawless-ts/wasm-module";
import {
  optionNames,
  refuseUnknownOptions,
  type OptionNames,
} from "@flawless-ts/wasm-module/internal/client";
import { FlawlessAbortedError, FlawlessTimeoutError } from "../errors/connection-errors.ts";

/** Options every call takes. */
export interface CallOptions {
  /** Aborts the call. The server may still carry out the request. */
  readonly signal?: AbortSignal | undefined;
  /** How long this call may take, in milliseconds, retries included. `Infinity`: no limit. Default: the client's. */
  readonly timeoutMs?: number | undefined;
}

/** Names of the options that every call takes. */
export const callOptionNames: OptionNames = optionNames<CallOptions>({
  signal: true,
  timeoutMs: true,
});

/**
 * The options of a call whose timeout isn't the client's by default.
 *
 * @param defaultMs its timeout unless they have one, in milliseconds.
 * @throws {InvalidOptionError} if an option doesn't exist.
 */
export function withTimeout(options: CallOptions, defaultMs: number): CallOptions {
  refuseUnknownOptions(options, callOptionNames);
  const { signal, timeoutMs = defaultMs } = options;
  return { signal, timeoutMs };
}

/** What may end a call early. */
export interface CallLimits {
  readonly signal: AbortSignal | undefined;
  /** Milliseconds; may be `Infinity`. */
  readonly timeoutMs: number;
  /** What to do about a timeout: the last sentence of the error's message. */
  readonly timeoutAdvice: string;
  /** Called when the call is over. */
  readonly onEnd: (scope: CallScope) => void;
}

/**
 * One call of the client, from its first check to its last retry: it ends by its timeout, by the caller's signal, or
 * when the client is closed, whichever comes first.
 */
export class CallScope implements Disposable {
  /** What the call does, for errors: "Listing workflows at http://127.0.0.1:27288". */
  readonly action: string;
  readonly #controller: AbortController = new AbortController();
  readonly #callerSignal: AbortSignal | undefined;
  readonly #deadline: number;
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #onEnd: (scope: CallScope) => void;

  constructor(action: string, limits: CallLimits) {
    const { signal, timeoutMs, timeoutAdvice } = limits;
    this.action = action;
    this.#callerSignal = signal;
    this.#onEnd = limits.onEnd;
    this.#deadline = performance.now() + timeoutMs;
    if (signal?.aborted === true) this.#onCallerAbort();
    signal?.addEventListener("abort", this.#onCallerAbort);
    if (timeoutMs !== Infinity) {
      this.#timer = setTimeout(
        () =>
          this.abort(
            new FlawlessTimeoutError(action, timeoutMs, timeoutAdvice, { cause: this.lastFailure }),
          ),
        timeoutMs,
      );
    }
  }

  /** Why the call is still running: the failure of its last attempt. Becomes the cause of a timeout. */
  lastFailure: unknown = undefined;

  /** Aborted with a public error as its reason. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Milliseconds until the timeout; may be `Infinity`. */
  get remainingMs(): number {
    return this.#deadline - performance.now();
  }

  /** Ends the call with `error`. */
  abort(error: FlawlessError): void {
    this.#controller.abort(error);
  }

  /** @throws {FlawlessError} the reason, if the call must end. */
  check(): void {
    this.signal.throwIfAborted();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#callerSignal?.removeEventListener("abort", this.#onCallerAbort);
    this.#onEnd(this);
  }

  readonly #onCallerAbort = (): void => {
    this.abort(new FlawlessAbortedError(this.action, this.#callerSignal?.reason));
  };
}
