import type { FetchOptions, FetchResponse, RequestBody } from "../workflow-context.ts";
import { bytesOf, utf8 } from "./encoding.ts";
import { engine } from "./engine.ts";
import { Headers } from "./headers.ts";
import { durationOf, sendRequest, type HttpRequestJson, type HttpResponseJson } from "./host.ts";
import { Response } from "./response.ts";
import { shared } from "./shared.ts";
import { URLSearchParams } from "./url.ts";

const { durationMilliseconds, FetchError, fixDeadlines } = shared;

// Source: `Config` in the crate flawless-http 1.0.0-beta.3.
const defaultTimeoutMs = 120_000;
const defaultBodyLimit = 10_000_000;
const knownOptions = new Set([
  "method",
  "headers",
  "body",
  "idempotent",
  "timeout",
  "responseBodyLimit",
]);
/** The standard writes these in capitals, and leaves others as they are. */
const knownMethods = /^(?:delete|get|head|options|post|put)$/i;

/** Sends a request at once, and waits for its response. */
export async function fetch(
  url: string | { toString(): string },
  options: FetchOptions = {},
): Promise<FetchResponse> {
  const request = requestOf(String(url), options);
  fixDeadlines();
  const result = sendRequest(request);
  if ("Ok" in result) return responseOf(result.Ok);
  if ("Status" in result.Err) return responseOf(result.Err.Status[1]);
  const { kind, message, url: failed } = result.Err.Transport;
  throw new FetchError(kind, failed ?? request.url, message ?? `no response from ${request.url}`);
}

function requestOf(url: string, options: FetchOptions): HttpRequestJson {
  const unknown = Object.keys(options).filter((name) => !knownOptions.has(name));
  if (unknown.length > 0) {
    throw new TypeError(
      `a workflow's fetch takes ${[...knownOptions].join(", ")}, but got ${unknown.join(", ")}`,
    );
  }
  const method = options.method ?? "GET";
  const headers = new Headers(options.headers ?? []);
  const body = bodyOf(options.body ?? null);
  if (body.type !== undefined && !headers.has("content-type"))
    headers.set("content-type", body.type);
  const timeout =
    options.timeout === undefined ? defaultTimeoutMs : durationMilliseconds(options.timeout);
  return {
    config: {
      idempotent: options.idempotent ?? false,
      timeout: durationOf(timeout),
      response_body_limit: options.responseBodyLimit ?? defaultBodyLimit,
    },
    method: knownMethods.test(method) ? method.toUpperCase() : method,
    url,
    headers: [...headers],
    body: engine.encodeBase64(body.bytes),
  };
}

function bodyOf(body: RequestBody | null): { readonly bytes: Uint8Array; readonly type?: string } {
  if (body === null) return { bytes: new Uint8Array() };
  if (typeof body === "string") return { bytes: utf8(body), type: "text/plain;charset=UTF-8" };
  if ((body as object) instanceof URLSearchParams) {
    return { bytes: utf8(String(body)), type: "application/x-www-form-urlencoded;charset=UTF-8" };
  }
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return { bytes: bytesOf(body) };
  throw new TypeError(
    "expected a request's body as text, bytes or URLSearchParams; use JSON.stringify for objects",
  );
}

function responseOf({ status_code: status, url, headers, body }: HttpResponseJson): Response {
  // Most workflows never read it; what is read is decoded then.
  const read = (): Uint8Array => new Uint8Array(engine.decodeBase64(body) ?? new ArrayBuffer(0));
  const response = new Response(read, { status, headers });
  response.url = url;
  return response;
}
