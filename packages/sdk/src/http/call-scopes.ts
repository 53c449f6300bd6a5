import { refuseUnknownOptions } from "@flawless-ts/wasm-module/internal/client";
import { ClientClosedError } from "../errors/usage-errors.ts";
import { checkedTimeout } from "../options.ts";
import { CallScope, callOptionNames, type CallOptions } from "./call-scope.ts";

/** Without a timeout of their own, calls that the server answers at once may take this long. */
const defaultTimeoutMs = 30_000;

/** The calls of one client that are under way. */
export class CallScopes {
  readonly #url: string;
  readonly #timeoutMs: number | null;
  readonly #calls: Set<CallScope> = new Set();
  #closed = false;

  /** @param timeoutMs what calls have that are given none; `null`: the default. */
  constructor(url: string, timeoutMs: number | null) {
    this.#url = url;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Begins a call.
   *
   * @param action what it does, for errors: "Listing workflows".
   * @param limit `"unlimited"`: without any timeout given, the call may take forever.
   * @param options of the call alone, without those of its kind, which the caller has checked
   * @throws {InvalidOptionError} when an option does not exist, or the timeout makes no sense.
   * @throws {ClientClosedError} when the client is closed.
   */
  begin(
    action: string,
    options: CallOptions,
    limit: "usual" | "unlimited" = "usual",
    timeoutAdvice: string = "The server may still carry it out. Allow it more time by `timeoutMs`.",
  ): CallScope {
    if (this.#closed) throw new ClientClosedError();
    refuseUnknownOptions(options, callOptionNames);
    const givenMs =
      options.timeoutMs === undefined ? this.#timeoutMs : checkedTimeout(options.timeoutMs);
    const scope = new CallScope(`${action} at ${this.#url}`, {
      signal: options.signal,
      timeoutMs: givenMs ?? (limit === "usual" ? defaultTimeoutMs : Infinity),
      timeoutAdvice,
      onEnd: (ended) => this.#calls.delete(ended),
    });
    this.#calls.add(scope);
    return scope;
  }

  /** Ends all calls with a {@link ClientClosedError}; none begins from now on. */
  close(): void {
    this.#closed = true;
    for (const scope of this.#calls) scope.abort(new ClientClosedError());
  }
}
