import { InvalidOptionError, refuseUnknownOptions } from "@flawless-ts/wasm-module/internal/client";
import { ClientClosedError } from "../errors/usage-errors.ts";
import { checkedTimeout } from "../options/checks.ts";
import { CallScope, callOptionNames, type CallOptions } from "./call-scope.ts";

/** The default timeout of calls to which the server responds immediately. */
const defaultTimeoutMs = 30_000;

/** The pending calls of one client. */
export class CallScopes {
  readonly #url: string;
  readonly #timeoutMs: number | null;
  readonly #calls: Set<CallScope> = new Set();
  #closed = false;

  /** @param timeoutMs the timeout of calls without their own; `null`: the default. */
  constructor(url: string, timeoutMs: number | null) {
    this.#url = url;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Begins a call.
   *
   * @param action what it does, for errors: "Listing workflows".
   * @param limit `"unlimited"`: without any timeout given, the call may take forever.
   * @param options of every call, without those of this kind of call, which the caller has checked
   * @throws {InvalidOptionError} if an option doesn't exist, or the timeout is invalid.
   * @throws {ClientClosedError} if the client is closed.
   */
  begin(
    action: string,
    options: CallOptions,
    limit: "usual" | "unlimited" = "usual",
    timeoutAdvice: string = "The server may still carry it out. Allow it more time by `timeoutMs`.",
  ): CallScope {
    if (this.#closed) throw new ClientClosedError();
    refuseUnknownOptions(options, callOptionNames);
    const { signal } = options;
    if (signal && typeof signal.addEventListener !== "function") {
      throw new InvalidOptionError(
        "signal",
        "expected an AbortSignal, such as `controller.signal`.",
      );
    }
    const givenMs =
      options.timeoutMs === undefined ? this.#timeoutMs : checkedTimeout(options.timeoutMs);
    const scope = new CallScope(`${action} at ${this.#url}`, {
      signal,
      timeoutMs: givenMs ?? (limit === "usual" ? defaultTimeoutMs : Infinity),
      timeoutAdvice,
      onEnd: (ended) => this.#calls.delete(ended),
    });
    this.#calls.add(scope);
    return scope;
  }

  /** Ends all calls with a {@link ClientClosedError}; none can begin afterwards. */
  close(): void {
    this.#closed = true;
    for (const scope of this.#calls) scope.abort(new ClientClosedError());
  }
}
