import type { RetryOptions } from "@flawless-ts/wasm-module";
import {
  InvalidOptionError,
  optionNames,
  refuseUnknownOptions,
  resolveRetryOptions,
  type ResolvedRetryOptions,
} from "@flawless-ts/wasm-module/internal/client";
import type { Dispatcher } from "undici";
import type { Fetch } from "./http/fetch-sender.ts";
import { isNode } from "./http/runtime.ts";
import { isTicket, readTicket, type Ticket } from "./http/tickets.ts";

/**
 * The URL of a server, or of the nodes of a cluster. A string may hold several, separated by commas, as in environment
 * variables; write a comma within a URL as `%2C`. A ticket, `iroh+h3://endpoint...`, may replace a URL if the package
 * `@flawless-ts/iroh` is installed.
 */
export type ServerUrl = string | URL | readonly (string | URL)[];

/** Options of the client. */
export interface FlawlessOptions {
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
   * and `waitUntilReady`, have their own. `Infinity`: no limit.
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
   * Certificates (PEM) to trust for HTTPS instead of the default ones: a company's authority, or a self-signed
   * certificate. Can't be combined with `dispatcher` or `fetch`, which have their own. Node only; for Bun and Deno,
   * configure their `fetch`.
   */
  readonly ca?: string | readonly string[] | undefined;
  /**
   * Sends the requests: an undici proxy agent, a mock. The client does not close it. Node only. Default: an agent of
   * its own.
   */
  readonly dispatcher?: Dispatcher | undefined;
  /**
   * Sends the requests instead of the platform's `fetch`, or of undici under Node: the `fetch` of a Cloudflare service
   * binding, or one that trusts more certificates. It must respect `signal`. If it fails, the client can't know whether
   * the server got the request, so it retries only if that is harmless. Can't be combined with `dispatcher`.
   */
  readonly fetch?: Fetch | undefined;
  /**
   * Also looks up tickets' endpoints on the servers of n0, the makers of iroh. Needed if an endpoint moves and uses no
   * relay. Default false: only the ticket's own addresses and relay are used.
   */
  readonly irohDiscovery?: boolean | undefined;
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

const flawlessOptionNames = optionNames<FlawlessOptions>({
  url: true,
  token: true,
  timeoutMs: true,
  retry: true,
  maxResponseBytes: true,
  ca: true,
  dispatcher: true,
  fetch: true,
  irohDiscovery: true,
  sleep: true,
  random: true,
});

const defaultRetry: ResolvedRetryOptions = { attempts: 5, initialDelayMs: 100, maxDelayMs: 5000 };

/** {@link FlawlessOptions}, checked and with the defaults filled in. */
export interface ResolvedOptions {
  /** Without slashes at the end; each once. */
  readonly urls: readonly [string, ...string[]];
  /** The full tickets among `urls`, by their replacements there. */
  readonly tickets: ReadonlyMap<string, string>;
  readonly irohDiscovery: boolean;
  readonly token: string | null;
  /** The given value; `null` if none. */
  readonly timeoutMs: number | null;
  readonly retry: ResolvedRetryOptions;
  readonly maxResponseBytes: number;
  readonly ca: string | readonly string[] | null;
  readonly dispatcher: Dispatcher | null;
  readonly fetch: Fetch | null;
  readonly sleep: Sleep;
  readonly random: () => number;
}

/** @throws {InvalidOptionError} naming the first unknown or invalid option. */
export function resolveOptions(options: FlawlessOptions): ResolvedOptions {
  refuseUnknownOptions(options, flawlessOptionNames);
  refuseOtherTransports(options);
  const retry = options.retry === false ? { attempts: 1 } : (options.retry ?? {});
  return {
    ...serverUrls(options),
    irohDiscovery: options.irohDiscovery ?? false,
    token: options.token === undefined ? null : checkedToken(options.token),
    timeoutMs: options.timeoutMs === undefined ? null : checkedTimeout(options.timeoutMs),
    retry: resolveRetryOptions(retry, defaultRetry),
    maxResponseBytes: atLeast(1, "maxResponseBytes", options.maxResponseBytes ?? 64 * 1024 * 1024),
    ca: checkedAuthorities(options),
    dispatcher: options.dispatcher ?? null,
    fetch: options.fetch ?? null,
    sleep: options.sleep ?? timerSleep,
    random: options.random ?? Math.random,
  };
}

/** JavaScript's timers fire immediately for longer delays (about 24.8 days). */
const maxTimer = 2 ** 31 - 1;

/** @throws {InvalidOptionError} unless it is a number of milliseconds above 0 that a timer can count, or `Infinity`. */
export function checkedTimeout(timeoutMs: number, option: string = "timeoutMs"): number {
  const fits =
    typeof timeoutMs === "number" &&
    timeoutMs > 0 &&
    (timeoutMs <= maxTimer || timeoutMs === Infinity);
  if (fits) return timeoutMs;
  throw new InvalidOptionError(
    option,
    `expected milliseconds above 0 and up to ${maxTimer}, or Infinity, but got ${show(timeoutMs)}.`,
  );
}

/** @throws {InvalidOptionError} unless it is a non-empty string. */
export function checkedText(option: string, text: string): string {
  if (typeof text === "string" && text !== "") return text;
  throw new InvalidOptionError(option, `expected text that is not empty, but got ${show(text)}.`);
}

/** @throws {InvalidOptionError} unless it is an integer of at least `minimum`. */
export function atLeast(minimum: number, option: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= minimum) return value;
  throw new InvalidOptionError(
    option,
    `expected a whole number of at least ${minimum}, but got ${show(value)}.`,
  );
}

const maxUrls = 100;

/** @throws {InvalidOptionError} when options ask for different transports, or for one this platform lacks. */
function refuseOtherTransports({ ca, dispatcher, fetch }: FlawlessOptions): void {
  if (fetch !== undefined && typeof fetch !== "function") {
    throw new InvalidOptionError("fetch", `expected a function, but got ${show(fetch)}.`);
  }
  if (dispatcher !== undefined && fetch !== undefined) {
    throw new InvalidOptionError("fetch", "a dispatcher takes its place: give one, not both.");
  }
  const name = dispatcher !== undefined ? "dispatcher" : ca !== undefined ? "ca" : null;
  if (name === null || isNode()) return;
  throw new InvalidOptionError(
    name,
    "only Node has it. Pass a `fetch` of your own that does the same.",
  );
}

function serverUrls({
  url: given,
  dispatcher,
  fetch,
}: FlawlessOptions): Pick<ResolvedOptions, "urls" | "tickets"> {
  const pieces = listOf(given).flatMap<string | URL>((one) =>
    typeof one === "string" ? split(one) : [one],
  );
  const read = pieces.map(serverUrl);
  const tickets = new Map(
    read.flatMap((one) => (typeof one === "string" ? [] : [[one.shown, one.text]])),
  );
  if (tickets.size > 0 && dispatcher !== undefined) {
    throw new InvalidOptionError("dispatcher", "a ticket has its own: leave one of the two out.");
  }
  if (tickets.size > 0 && (fetch !== undefined || !isNode())) {
    throw new InvalidOptionError("url", "`fetch` can't reach a ticket: only Node can.");
  }
  const [first, ...others] = new Set(
    read.map((one) => (typeof one === "string" ? one : one.shown)),
  );
  if (first === undefined || others.length >= maxUrls) {
    throw new InvalidOptionError("url", `expected 1 to ${maxUrls} URLs, but got ${pieces.length}.`);
  }
  return { urls: [first, ...others], tickets };
}

function listOf(given: ServerUrl): readonly (string | URL)[] {
  // The value of an unset environment variable.
  if (given === undefined || given === null) {
    throw new InvalidOptionError(
      "url",
      `expected the server's URL, such as http://127.0.0.1:27288, but got ${given}.`,
    );
  }
  return typeof given === "string" || given instanceof URL ? [given] : given;
}

/** Empty text stays, to be refused. */
function split(urls: string): readonly string[] {
  const pieces = urls.split(",").map((piece) => piece.trim());
  const filled = pieces.filter((piece) => piece !== "");
  return filled.length === 0 ? [""] : filled;
}

function serverUrl(given: string | URL): string | Ticket {
  if (isTicket(String(given))) return readTicket(String(given));
  const url = URL.parse(given);
  // The value is not shown if it may contain a password.
  if (url === null) {
    throw new InvalidOptionError(
      "url",
      "expected a URL such as http://127.0.0.1:27288, but this isn't one.",
    );
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new InvalidOptionError("url", `expected http: or https:, but got ${url.protocol}`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new InvalidOptionError(
      "url",
      "expected no user name or password in it. Pass the server's token as `token`.",
    );
  }
  if (url.search !== "" || url.hash !== "") {
    throw new InvalidOptionError("url", "expected neither a query (?) nor a fragment (#) in it.");
  }
  return url.href.replace(/\/+$/, "");
}

function checkedAuthorities({
  ca,
  dispatcher,
  fetch,
}: FlawlessOptions): string | readonly string[] | null {
  if (ca === undefined) return null;
  if (dispatcher !== undefined) {
    throw new InvalidOptionError("ca", "a dispatcher has its own: give one of them, not both.");
  }
  if (fetch !== undefined) {
    throw new InvalidOptionError("ca", "a `fetch` of your own has its own: give one, not both.");
  }
  const all = [ca].flat();
  if (all.length > 0 && all.every((one) => /-----BEGIN [A-Z ]*CERTIFICATE-----/.test(one))) {
    return ca;
  }
  throw new InvalidOptionError("ca", "expected certificates in PEM: -----BEGIN CERTIFICATE-----");
}

function checkedToken(token: string): string {
  // Never shown: errors end up in logs.
  if (typeof token === "string" && /^[\x21-\x7e]+$/.test(token)) return token;
  throw new InvalidOptionError(
    "token",
    "expected visible ASCII characters without spaces or line ends.",
  );
}

function show(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value.slice(0, 100)) : String(value);
}
