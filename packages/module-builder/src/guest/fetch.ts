import type { FetchOptions, FetchResponse, HttpTransportError } from "@flawless-ts/wasm-module";
import { bodyOf } from "./body.ts";
import { withoutCodings } from "./content-coding.ts";
import { engine } from "./engine.ts";
import { methodOf, refuseUnknownOptions } from "./fetch-init.ts";
import type { FetchSource } from "./fetch-source.ts";
import { Headers } from "./headers.ts";
import {
  durationOf,
  sendRequest,
  type HttpRequestJson,
  type HttpResponseJson,
  type HttpResultJson,
} from "./host.ts";
import { remoteOperation } from "./remote-operation.ts";
import { Response } from "./response.ts";
import { shared } from "./shared.ts";
import { abortIfLate, millisecondsLeft, refuseAborted } from "./signal.ts";

const { parseDuration, FetchError, attempt, operation } = shared;

/** A server's message for a request that it ended because the workflow was asked to cancel. */
const endedByCancelling = "the workflow was asked to cancel";

// Source: `Config` in the crate flawless-http 1.0.0-beta.3.
const defaultTimeoutMs = 120_000;
const defaultBodyLimit = 10_000_000;

/** Sends a request, and waits for its response. */
export function fetch(
  source: string | { toString(): string } | FetchSource,
  init: FetchOptions = {},
): Promise<FetchResponse> {
  return attempt(() => {
    const [url, options] = asked(source, init);
    const { signal } = options;
    refuseAborted(signal, "fetch's signal");
    const request = requestOf(url, options);
    return operation<FetchResponse>((settle) => {
      const ended = (result: HttpResultJson): void => {
        if ("Ok" in result) settle.resolve(responseOf(result.Ok, request));
        else if ("Status" in result.Err) settle.resolve(responseOf(result.Err.Status[1], request));
        else failed(result.Err.Transport);
      };
      const failed = ({ kind, message, url: where }: HttpTransportError): void => {
        // The code that waits has been told by then.
        if (message === endedByCancelling && shared.part("waiting").takeCancel()) return;
        try {
          abortIfLate(signal);
        } catch (reason) {
          settle.reject(reason);
        }
        settle.reject(
          new FetchError(kind, where ?? request.url, message ?? `no response from ${request.url}`),
        );
      };
      return remoteOperation({
        describe: () => JSON.stringify({ kind: "http", request }),
        plain: () => ended(sendRequest(request)),
        ended: (result) => ended(result as HttpResultJson),
        failed: settle.reject,
        feature: "requests side by side",
      });
    }, signal);
  });
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
  // Decoded only when read, because most workflows never read it.
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

/** Whether two URLs differ as far as requests are concerned. */
function isOther(answered: string, wanted: string): boolean {
  const [first, second] = [answered, wanted].map(
    (url) => engine.parseUrl(url, undefined)?.[0]?.split("#", 1)[0] ?? url,
  );
  return first !== second;
}
