import type { RetryOptions } from "@flawless-ts/wasm-module";
import {
  InvalidOptionError,
  optionNames,
  refuseUnknownOptions,
  resolveRetryOptions,
  type ResolvedRetryOptions,
} from "@flawless-ts/wasm-module/internal/client";
import type { Fetch } from "../http/fetch-sender.ts";
import { atLeast, checkedTimeout, show } from "./checks.ts";
import { serverUrls, type ServerUrl } from "./server-urls.ts";

/** Options of `WorkflowClient`. */
export interface WorkflowClientOptions {
  /**
   * Where the server is, such as `http://127.0.0.1:27288`. Its path, if any, prefixes each route.
   *
   * Several, up to 100: the nodes of a cluster. The first one gets the requests. If a node cannot be reached, does not
   * respond or refuses for now, the next one is tried, provided a retry is harmless. The node that responded gets the
   * requests from then on.
   */
  readonly url: ServerUrl;
  /** Sent as `Authorization: Bearer TOKEN`. Default: none. */
  readonly token?: string | undefined;
  /**
   * How long a call may take in total, retries included, in milliseconds. Default 30,000, but no limit for `execute`,
   * which waits for the workflow's response; if given, it applies to `execute`, too. Calls that wait for a workflow,
   * and `waitUntilReady` of `Flawless`, have their own. `Infinity`: no limit.
   */
  readonly timeoutMs?: number | undefined;
  /**
   * How to retry failed requests, if a retry is harmless; `false`: not at all, except at the other nodes of a cluster.
   * Default: 5 attempts per node, 100 ms before the second, at most 5,000 ms unless the server asks for more.
   */
  readonly retry?: RetryOptions | false | undefined;
  /** The max size of a response, in bytes. Default 64 MiB. */
  readonly maxResponseBytes?: number | undefined;
  /**
   * Sends the requests instead of the platform's `fetch`: that of a Cloudflare service binding, or one that trusts more
   * certificates. It must respect `signal`. If it fails, the client can't know whether the server got the request, so it
   * retries only if that is harmless.
   */
  readonly fetch?: Fetch | undefined;
  /** Waits between two attempts. For tests; default: a timer. */
  readonly sleep?: Sleep | undefined;
  /** A random number from 0 up to but not including 1, to spread the retries of many clients. Default `Math.random`. */
  readonly random?: (() => number) | undefined;
}

/** Resolves after this many milliseconds; rejects when the signal is aborted. */
export type Sleep = (milliseconds: number, signal: AbortSignal) => Promise<void>;

/** Waits with a timer; the default everywhere. */
export const timerSleep: Sleep = async (milliseconds, signal) => {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const abort = (): void => reject(signal.reason);
  const timer = setTimeout(resolve, milliseconds);
  signal.addEventListener("abort", abort, { once: true });
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
};

const clientOptionNames = optionNames<WorkflowClientOptions>({
  url: true,
  token: true,
  timeoutMs: true,
  retry: true,
  maxResponseBytes: true,
  fetch: true,
  sleep: true,
  random: true,
});

const defaultRetry: ResolvedRetryOptions = { attempts: 5, initialDelayMs: 100, maxDelayMs: 5000 };

/** {@link WorkflowClientOptions}, checked and with the defaults filled in. */
export interface ResolvedClientOptions {
  /** Without slashes at the end; each once. */
  readonly urls: readonly [string, ...string[]];
  readonly token: string | null;
  /** The given value; `null` if none. */
  readonly timeoutMs: number | null;
  readonly retry: ResolvedRetryOptions;
  readonly maxResponseBytes: number;
  readonly fetch: Fetch | null;
  readonly sleep: Sleep;
  readonly random: () => number;
}

/** @throws {InvalidOptionError} naming the first unknown or invalid option. */
export function resolveClientOptions(options: WorkflowClientOptions): ResolvedClientOptions {
  refuseUnknownOptions(options, clientOptionNames);
  return withDefaults(options, serverUrls(options.url));
}

/**
 * Checks all options but `url`.
 *
 * @throws {InvalidOptionError} naming the first invalid option.
 */
export function withDefaults(
  options: Omit<WorkflowClientOptions, "url">,
  urls: ResolvedClientOptions["urls"],
): ResolvedClientOptions {
  const { fetch, token, timeoutMs } = options;
  for (const name of ["fetch", "sleep", "random"] as const) {
    const given = options[name];
    if (given === undefined || typeof given === "function") continue;
    throw new InvalidOptionError(name, `expected a function, but got ${show(given)}.`);
  }
  const retry = options.retry === false ? { attempts: 1 } : (options.retry ?? {});
  return {
    urls,
    token: token === undefined ? null : checkedToken(token),
    timeoutMs: timeoutMs === undefined ? null : checkedTimeout(timeoutMs),
    retry: resolveRetryOptions(retry, defaultRetry),
    maxResponseBytes: atLeast(1, "maxResponseBytes", options.maxResponseBytes ?? 64 * 1024 * 1024),
    fetch: fetch ?? null,
    sleep: options.sleep ?? timerSleep,
    random: options.random ?? Math.random,
  };
}

function checkedToken(token: string): string {
  // Never shown: errors end up in logs.
  if (typeof token === "string" && /^[\x21-\x7e]+$/.test(token)) return token;
  throw new InvalidOptionError(
    "token",
    "expected visible ASCII characters without spaces or line ends.",
  );
}
