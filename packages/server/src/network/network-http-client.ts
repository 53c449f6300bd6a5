import type { Dispatcher, request as sendRequest } from "undici";
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

/** How many redirects are followed. Source: the default of ureq 2, whose kinds of error the ABI names. */
const maxRedirects = 5;
const redirectCodes: readonly number[] = [301, 302, 303, 307, 308];
/** Headers that must not reach another host than the one they were meant for. */
const privateHeaders: readonly string[] = ["authorization", "cookie", "proxy-authorization"];

/** How long a connection without a request is kept, in milliseconds, whatever the other side suggests. */
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

interface Connection {
  readonly request: typeof sendRequest;
  readonly dispatcher: Dispatcher;
}

/** Options of {@link NetworkHttpClient}. */
export interface NetworkHttpClientOptions {
  /** Which hosts may be called. Default: all. A dispatcher that is given is not held to what they say of addresses. */
  readonly rules?: NetworkRules | undefined;
  /** Hears of requests that the rules refused. Default: nobody does. */
  readonly onRefused?: ((refused: RefusedHost) => void) | undefined;
  /** Finds the addresses of names. Default: `lookup` of node:dns. */
  readonly resolver?: Resolver | undefined;
  /**
   * How many connections may be open at once; requests that need another one wait. A dispatcher that is given is not held to
   * it. Default 2,000.
   */
  readonly connections?: number | undefined;
  /**
   * How many bytes of bodies may be received at once, all responses together; beyond, the largest of them fails. Default
   * 256 MiB.
   */
  readonly responseBytes?: number | undefined;
}

/** Sends the requests of guests to the network. */
export class NetworkHttpClient implements HttpClient {
  readonly #given: Dispatcher | undefined;
  readonly #policy: NetworkPolicy;
  readonly #onRefused: (refused: RefusedHost) => void;
  readonly #resolver: Resolver | undefined;
  readonly #connections: number;
  readonly #bodies: BodyRoom;
  readonly #connection = loadOnce(() => this.#connect());

  /**
   * @param dispatcher sends the requests. Default: one of its own, without time-outs: the engine has its own clock.
   * @throws InvalidOptionError for a rule that is none
   */
  constructor(dispatcher?: Dispatcher, options: NetworkHttpClientOptions = {}) {
    this.#given = dispatcher;
    this.#policy = new NetworkPolicy(options.rules);
    this.#onRefused = options.onRefused ?? (() => undefined);
    this.#resolver = options.resolver;
    this.#connections = options.connections ?? defaultConnections;
    this.#bodies = new BodyRoom(options.responseBytes ?? defaultResponseBytes);
  }

  async send(
    request: OutgoingRequest,
    options: { readonly signal: AbortSignal; readonly bodyLimitBytes: number },
  ): Promise<IncomingResponse> {
    try {
      return await this.#follow(request, options);
    } catch (error) {
      if (error instanceof HostRefusedFailure) {
        this.#onRefused(error.refused);
      }
      throw error;
    }
  }

  async #follow(
    request: OutgoingRequest,
    options: { readonly signal: AbortSignal; readonly bodyLimitBytes: number },
  ): Promise<IncomingResponse> {
    let current = request;
    for (let redirects = 0; ; redirects += 1) {
      const url = parseUrl(current.url);
      const response = await this.#sendOne(current, url, options.signal);
      const location = response.headers["location"];
      if (!redirectCodes.includes(response.statusCode) || typeof location !== "string") {
        return await read(response, url.href, options.bodyLimitBytes, this.#bodies);
      }
      await response.body.dump().catch(() => undefined);
      if (redirects === maxRedirects) {
        throw new HttpTransportFailure("TooManyRedirects", `more than ${maxRedirects} redirects`, {
          url: url.href,
        });
      }
      current = redirected(current, url, response.statusCode, location);
    }
  }

  async #sendOne(
    request: OutgoingRequest,
    url: URL,
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData> {
    this.#policy.assertUrl(url);
    const headers = request.headers.flat();
    const given = new Set(request.headers.map(([name]) => name.toLowerCase()));
    for (const [name, value] of Object.entries(defaultHeaders(url))) {
      if (!given.has(name)) {
        headers.push(name, value);
      }
    }
    const target = new URL(url);
    target.username = "";
    target.password = "";
    const connection = await this.#connection();
    try {
      return await connection.request(target, {
        dispatcher: connection.dispatcher,
        method: request.method as Dispatcher.HttpMethod,
        headers,
        body: request.body.length === 0 ? null : request.body,
        signal,
      });
    } catch (error) {
      throw toFailure(error, url.href);
    }
  }

  /** Loaded with the first request only: that takes longer than all else a server needs to be ready. */
  async #connect(): Promise<Connection> {
    const { Agent, buildConnector, request } = await import("undici");
    const isGuarded = this.#policy.refusesAny || this.#resolver !== undefined;
    const connector = isGuarded
      ? guardedConnector(buildConnector, this.#policy, this.#resolver ?? lookup)
      : buildConnector({});
    const dispatcher =
      this.#given ??
      new Agent({
        headersTimeout: 0,
        bodyTimeout: 0,
        keepAliveMaxTimeout: maxIdleMs,
        connect: withPlaces(connector, this.#connections),
      });
    return { request, dispatcher };
  }
}

function defaultHeaders(url: URL): Record<string, string> {
  const headers: Record<string, string> = { accept: "*/*", "user-agent": "flawless" };
  if (url.username !== "" || url.password !== "") {
    const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    headers["authorization"] = `Basic ${Buffer.from(credentials).toString("base64")}`;
  }
  return headers;
}

function parseUrl(text: string): URL {
  if (!URL.canParse(text)) {
    throw new HttpTransportFailure("InvalidUrl", `${JSON.stringify(text)} is not a URL`, {
      url: text,
    });
  }
  const url = new URL(text);
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

async function read(
  response: Dispatcher.ResponseData,
  url: string,
  bodyLimitBytes: number,
  bodies: BodyRoom,
): Promise<IncomingResponse> {
  const received = bodies.receive((reason) => response.body.destroy(reason));
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      chunks.push(chunk);
      size += chunk.length;
      received.grows(chunk.length);
      if (size >= bodyLimitBytes) {
        break;
      }
    }
  } catch (error) {
    throw toFailure(error, url);
  } finally {
    received.end();
  }
  const headers = Object.entries(response.headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((one) => [name.toLowerCase(), one] as const),
  );
  const body = Buffer.concat(chunks).subarray(0, bodyLimitBytes);
  return { statusCode: response.statusCode, url, headers, body };
}

function toFailure(error: unknown, url: string): HttpTransportFailure {
  if (error instanceof HostRefusedFailure) {
    return new HostRefusedFailure(error.refused, url);
  }
  const cause = error as Error & { readonly code?: unknown; readonly errors?: readonly unknown[] };
  const code = String(cause.code ?? "");
  // Where all addresses of a host fail, the message is only in the single errors.
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

/** Only the message tells what was wrong: undici 8 leaves the parser's code undefined. */
function kindOfParserError(message: string): HttpTransportFailure["kind"] {
  if (/status|version|Expected HTTP/i.test(message)) {
    return "BadStatus";
  }
  return /chunk/i.test(message) ? "Io" : "BadHeader";
}
