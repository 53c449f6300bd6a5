import type { FetchOptions, FetchResponse } from "@flawless-ts/wasm-module";
import { bodyOf } from "./body.ts";
import { withoutCodings } from "./content-coding.ts";
import { engine } from "./engine.ts";
import { methodOf, refuseUnknownOptions } from "./fetch-init.ts";
import type { FetchSource } from "./fetch-source.ts";
import { Headers } from "./headers.ts";
import { durationOf, sendRequest, type HttpRequestJson, type HttpResponseJson } from "./host.ts";
import { Response } from "./response.ts";
import { shared } from "./shared.ts";
import { abortIfLate, millisecondsLeft, refuseAborted } from "./signal.ts";

const { parseDuration, FetchError, fixDeadlines } = shared;

// Source: `Config` in the crate flawless-http 1.0.0-beta.3.
const defaultTimeoutMs = 120_000;
const defaultBodyLimit = 10_000_000;
/** Sends a request at once, and waits for its response. */
export async function fetch(
  source: string | { toString(): string } | FetchSource,
  init: FetchOptions = {},
): Promise<FetchResponse> {
  const [url, options] = asked(source, init);
  const { signal } = options;
  refuseAborted(signal);
  const request = requestOf(url, options);
  fixDeadlines();
  const result = sendRequest(request);
  if ("Ok" in result) return responseOf(result.Ok, request);
  if ("Status" in result.Err) return responseOf(result.Err.Status[1], request);
  abortIfLate(signal);
  const { kind, message, url: failed } = result.Err.Transport;
  throw new FetchError(kind, failed ?? request.url, message ?? `no response from ${request.url}`);
}

function asked(source: unknown, init: FetchOptions): readonly [string, FetchOptions] {
  refuseUnknownOptions(init);
  if (typeof source === "object" && source !== null && "flawless:fetch" in source) {
    const { url, options } = (source as FetchSource)["flawless:fetch"]();
    const given = Object.entries(init).filter(([, value]) => value !== undefined);
    return [url, { ...options, ...Object.fromEntries(given) }];
  }
  const isUrl = typeof source === "string" || (typeof source === "object" && source !== null);
  if (!isUrl)
    throw new TypeError(`expected a URL or a Request to fetch, but got ${String(source)}`);
  return [String(source).toWellFormed(), init];
}

function requestOf(url: string, options: FetchOptions): HttpRequestJson {
  const method = methodOf(options.method ?? "GET");
  const headers = new Headers(options.headers ?? []);
  const body = bodyOf(options.body);
  if (body.type !== undefined && !headers.has("content-type"))
    headers.set("content-type", body.type);
  const timeout = options.timeout === undefined ? defaultTimeoutMs : parseDuration(options.timeout);
  return {
    config: {
      idempotent: Boolean(options.idempotent),
      timeout: durationOf(Math.min(timeout, millisecondsLeft(options.signal))),
      response_body_limit: bodyLimit(options.responseBodyLimit ?? defaultBodyLimit),
    },
    method,
    url,
    headers: [...headers],
    body: engine.encodeBase64(body.bytes),
  };
}

function bodyLimit(bytes: unknown): number {
  if (Number.isSafeInteger(bytes) && (bytes as number) >= 0) return bytes as number;
  throw new TypeError(
    `expected responseBodyLimit as a whole number of bytes, but got ${String(bytes)}`,
  );
}

function responseOf(
  { status_code: status, url, headers, body }: HttpResponseJson,
  request: HttpRequestJson,
): Response {
  const received = Headers.received(headers);
  // Most workflows never read it; what is read is decoded then.
  const read = (): Uint8Array =>
    withoutCodings(
      new Uint8Array(engine.decodeBase64(body) ?? new ArrayBuffer(0)),
      received.get("content-encoding"),
      request.config.response_body_limit,
    );
  return Response.received(read, {
    status,
    url,
    headers: received,
    redirected: isOther(url, request.url),
  });
}

/** Whether both are different addresses, as the host asks for them. */
function isOther(answered: string, wanted: string): boolean {
  const [first, second] = [answered, wanted].map(
    (url) => engine.parseUrl(url, undefined)?.[0]?.split("#", 1)[0] ?? url,
  );
  return first !== second;
}
