import type { Dispatcher } from "undici";
import { lookup } from "node:dns";
import { loadOnce } from "@flawless-ts/http-service/program";
import { BodyRoom } from "./body-room.ts";
import { withPlaces } from "./connection-places.ts";
import { guardedConnector, type Resolver } from "./guarded-connector.ts";
import {
  HttpTransportFailure,
  type HttpClient,
  type IncomingResponse,
  type OutgoingRequest,
} from "./http-client.ts";
import {
  HostRefusedFailure,
  NetworkPolicy,
  type NetworkRules,
  type RefusedHost,
} from "./network-rules.ts";
import { type ReceivedResponse, ResponseReceiver } from "./response-receiver.ts";

/** Max redirects that are followed. Source: the default of ureq 2, whose kinds of error the ABI uses. */
const maxRedirects = 5;
const redirectCodes: readonly number[] = [301, 302, 303, 307, 308];
/** Headers that must only reach the host that they were meant for. */
const privateHeaders: readonly string[] = ["authorization", "cookie", "proxy-authorization"];

/** How long an idle connection is kept, in milliseconds, whatever the server suggests. */
const maxIdleMs = 10_000;
const defaultConnections = 2_000;
const defaultResponseBytes = 256 * 2 ** 20;

const dnsCodes = new Set(["ENOTFOUND", "EAI_AGAIN", "EAI_FAIL", "EAI_NODATA", "EAI_NONAME"]);
const connectCodes = new Set([
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EADDRNOTAVAIL",
  "ETIMEDOUT",
  "EACCES",
  "EMFILE",
  "ENFILE",
  "UND_ERR_CONNECT_TIMEOUT",
]);

const badRequestCodes = new Set([
  "UND_ERR_INVALID_ARG",
  "UND_ERR_NOT_SUPPORTED",
  "UND_ERR_REQ_CONTENT_LENGTH_MISMATCH",
  "UND_ERR_HEADERS_OVERFLOW",
]);

type SendOptions = Parameters<HttpClient["send"]>[1];

/** Options of {@link NetworkHttpClient}. */
export interface NetworkHttpClientOptions {
  /** Which hosts may be called. Default: all. Rules for addresses don't apply to a given dispatcher. */
  readonly rules?: NetworkRules | undefined;
  /** Called with requests that the rules refused. Default: does nothing. */
  readonly onRefused?: ((refused: RefusedHost) => void) | undefined;
  /** Finds the addresses of names. Default: `lookup` of node:dns. */
  readonly resolver?: Resolver | undefined;
  /**
   * Max connections open at once; requests that need another one wait. Doesn't apply to a given dispatcher.
   * Default: 2,000.
   */
  readonly connections?: number | undefined;
  /**
   * Max bytes of bodies that are being received at once, all responses together; beyond it, the largest fails. Default:
   * 256 MiB.
   */
  readonly responseBytes?: number | undefined;
}

/** Sends guests' requests to the network. */
export class NetworkHttpClient implements HttpClient {
  /** The given one, or its own after the first request. */
  #dispatcher: Dispatcher | undefined;
  readonly #policy: NetworkPolicy;
  readonly #onRefused: (refused: RefusedHost) => void;
  readonly #resolver: Resolver | undefined;
  readonly #connections: number;
  readonly #bodies: BodyRoom;
  readonly #connection = loadOnce(() => this.#connect());

  /**
   * @param dispatcher sends the requests. Default: its own, without timeouts, because the engine has its own clock.
   * @throws InvalidOptionError if a rule is invalid
   */
  constructor(dispatcher?: Dispatcher, options: NetworkHttpClientOptions = {}) {
    this.#dispatcher = dispatcher;
    this.#policy = new NetworkPolicy(options.rules);
    this.#onRefused = options.onRefused ?? (() => undefined);
    this.#resolver = options.resolver;
    this.#connections = options.connections ?? defaultConnections;
    this.#bodies = new BodyRoom(options.responseBytes ?? defaultResponseBytes);
  }

  async send(request: OutgoingRequest, options: SendOptions): Promise<IncomingResponse> {
    try {
      return await this.#follow(request, options);
    } catch (error) {
      if (error instanceof HostRefusedFailure) {
        this.#onRefused(error.refused);
      }
      throw error;
    }
  }

  async #follow(request: OutgoingRequest, options: SendOptions): Promise<IncomingResponse> {
    let current = request;
    for (let redirects = 0; ; redirects += 1) {
      const url = parseUrl(current.url);
      const response = await this.#sendOne(current, url, options);
      const { statusCode, headers, body } = response;
      const location = locationOf(response);
      if (location === undefined) {
        return { statusCode, url: url.href, headers: listOf(headers), body };
      }
      if (redirects === maxRedirects) {
        throw new HttpTransportFailure("TooManyRedirects", `more than ${maxRedirects} redirects`, {
          url: url.href,
        });
      }
      current = redirected(current, url, statusCode, location);
    }
  }

  async #sendOne(
    request: OutgoingRequest,
    url: URL,
    { bodyLimitBytes, signal }: SendOptions,
  ): Promise<ReceivedResponse> {
    this.#policy.assertUrl(url);
    const dispatcher = this.#dispatcher ?? (await this.#connection());
    const receiver = new ResponseReceiver({
      signal,
      bodyLimitBytes,
      isHeadEnough: (head) => locationOf(head) !== undefined,
      bodies: this.#bodies,
    });
    try {
      if (request.method === "CONNECT") {
        throw new HttpTransportFailure("BadHeader", "a tunnel can't be asked for", {
          url: url.href,
        });
      }
      // Without user and password, which are sent in a header.
      dispatcher.dispatch(
        {
          origin: url.origin,
          path: url.pathname + url.search,
          method: request.method as Dispatcher.HttpMethod,
          headers: headersOf(request, url),
          body: request.body.length === 0 ? null : request.body,
        },
        receiver,
      );
      return await receiver.response;
    } catch (error) {
      throw toFailure(error, url.href);
    }
  }

  /** Loaded only with the first request: that takes longer than everything else a server needs to be ready. */
  async #connect(): Promise<Dispatcher> {
    const { Agent, buildConnector } = await import("undici");
    const isGuarded = this.#policy.refusesAny || this.#resolver !== undefined;
    const connector = isGuarded
      ? guardedConnector(buildConnector, this.#policy, this.#resolver ?? lookup)
      : buildConnector({});
    this.#dispatcher = new Agent({
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveMaxTimeout: maxIdleMs,
      connect: withPlaces(connector, this.#connections),
    });
    return this.#dispatcher;
  }
}

/** The guest's headers and the missing defaults: names and values in turn. */
function headersOf({ headers: given }: OutgoingRequest, url: URL): string[] {
  const headers = given.flat();
  const lacks = (name: string): boolean => !given.some(([each]) => each.toLowerCase() === name);
  if (lacks("accept")) {
    headers.push("accept", "*/*");
  }
  if (lacks("user-agent")) {
    headers.push("user-agent", "flawless");
  }
  if ((url.username !== "" || url.password !== "") && lacks("authorization")) {
    const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    headers.push("authorization", `Basic ${Buffer.from(credentials).toString("base64")}`);
  }
  return headers;
}

/** Where a response redirects to; undefined if it doesn't. */
function locationOf({ statusCode, headers }: Omit<ReceivedResponse, "body">): string | undefined {
  const location = redirectCodes.includes(statusCode) ? headers["location"] : undefined;
  return typeof location === "string" ? location : undefined;
}

function listOf(headers: ReceivedResponse["headers"]): IncomingResponse["headers"] {
  const list: [string, string][] = [];
  for (const [name, value] of Object.entries(headers)) {
    for (const one of Array.isArray(value) ? value : value === undefined ? [] : [value]) {
      list.push([name, one]);
    }
  }
  return list;
}

function parseUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null) {
    throw new HttpTransportFailure("InvalidUrl", `${JSON.stringify(text)} is not a URL`, {
      url: text,
    });
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new HttpTransportFailure("UnknownScheme", `expected http or https, not ${url.protocol}`, {
      url: text,
    });
  }
  return url;
}

function redirected(
  request: OutgoingRequest,
  from: URL,
  statusCode: number,
  location: string,
): OutgoingRequest {
  if (!URL.canParse(location, from)) {
    const message = `the redirect to ${JSON.stringify(location)} can't be followed`;
    throw new HttpTransportFailure("BadHeader", message, { url: from.href });
  }
  const to = new URL(location, from);
  const isSafe = request.method === "GET" || request.method === "HEAD";
  const keepsBody = statusCode === 307 || statusCode === 308 || isSafe;
  const headers = request.headers.filter(([name]) => {
    const lower = name.toLowerCase();
    const staysHere = to.origin === from.origin || !privateHeaders.includes(lower);
    return staysHere && lower !== "host" && (keepsBody || !lower.startsWith("content-"));
  });
  return {
    idempotent: request.idempotent,
    method: keepsBody ? request.method : "GET",
    url: to.href,
    headers,
    body: keepsBody ? request.body : new Uint8Array(),
  };
}

function toFailure(error: unknown, url: string): HttpTransportFailure {
  if (error instanceof HostRefusedFailure) {
    return new HostRefusedFailure(error.refused, url);
  }
  const cause = error as Error & { readonly code?: unknown; readonly errors?: readonly unknown[] };
  const code = String(cause.code ?? "");
  // If all addresses of a host fail, only the single errors have messages.
  const [first] = cause.errors ?? [];
  const message = cause.message || (first instanceof Error ? first.message : code);
  return new HttpTransportFailure(kindOf(cause, code), message, { url, cause });
}

function kindOf(error: Error, code: string): HttpTransportFailure["kind"] {
  if (dnsCodes.has(code)) {
    return "Dns";
  }
  if (
    connectCodes.has(code) ||
    /^(CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/.test(code)
  ) {
    return "ConnectionFailed";
  }
  if (error.name === "HTTPParserError") {
    return kindOfParserError(error.message);
  }
  return badRequestCodes.has(code) ? "BadHeader" : "Io";
}

/** Only the message says what was wrong: undici 8 leaves the parser's code undefined. */
function kindOfParserError(message: string): HttpTransportFailure["kind"] {
  if (/status|version|Expected HTTP/i.test(message)) {
    return "BadStatus";
  }
  return /chunk/i.test(message) ? "Io" : "BadHeader";
}
