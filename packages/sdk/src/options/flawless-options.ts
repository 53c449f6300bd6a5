import {
  InvalidOptionError,
  optionNames,
  refuseUnknownOptions,
} from "@flawless-ts/wasm-module/internal/client";
import type { Dispatcher } from "undici";
import {
  withDefaults,
  type ResolvedClientOptions,
  type WorkflowClientOptions,
} from "./client-options.ts";
import type { Fetch } from "../http/fetch-sender.ts";
import { isNode } from "../http/runtime.ts";
import { isTicket, readTicket } from "../http/tickets.ts";
import { httpUrl, serverUrls } from "./server-urls.ts";

/** Options of the client. */
export interface FlawlessOptions extends WorkflowClientOptions {
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
}

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

/** {@link FlawlessOptions}, checked and with the defaults filled in. */
export interface ResolvedOptions extends ResolvedClientOptions {
  /** The full tickets among `urls`, by their replacements there. */
  readonly tickets: ReadonlyMap<string, string>;
  readonly irohDiscovery: boolean;
  readonly ca: string | readonly string[] | null;
  readonly dispatcher: Dispatcher | null;
}

/** @throws {InvalidOptionError} naming the first unknown or invalid option. */
export function resolveOptions(options: FlawlessOptions): ResolvedOptions {
  refuseUnknownOptions(options, flawlessOptionNames);
  refuseOtherTransports(options);
  const tickets = new Map<string, string>();
  const urls = serverUrls(options.url, (url) => {
    if (!isTicket(String(url))) return httpUrl(url);
    const { shown, text } = readTicket(String(url));
    tickets.set(shown, text);
    return shown;
  });
  if (tickets.size > 0) refuseForTickets(options);
  return {
    ...withDefaults(options, urls),
    tickets,
    irohDiscovery: options.irohDiscovery ?? false,
    ca: checkedAuthorities(options),
    dispatcher: options.dispatcher ?? null,
  };
}

/** @throws {InvalidOptionError} when options ask for different transports, or for one this platform lacks. */
function refuseOtherTransports({ ca, dispatcher, fetch }: FlawlessOptions): void {
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

function refuseForTickets({ dispatcher, fetch }: FlawlessOptions): void {
  if (dispatcher !== undefined) {
    throw new InvalidOptionError("dispatcher", "a ticket has its own: leave one of the two out.");
  }
  if (fetch !== undefined || !isNode()) {
    throw new InvalidOptionError("url", "`fetch` can't reach a ticket: only Node can.");
  }
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
