import {
  FetchError,
  type FetchOptions,
  type FetchResponse,
  type WorkflowContext,
} from "@flawless-ts/wasm-module";

interface HttpCall {
  readonly method: string;
  readonly url: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: string;
  readonly idempotent?: boolean;
  readonly timeout_ms?: number;
  readonly body_limit?: number;
}

export async function http(call: HttpCall, context: WorkflowContext): Promise<object> {
  const options: FetchOptions = {
    method: call.method,
    headers: call.headers ?? [],
    ...(call.body === undefined ? {} : { body: call.body }),
    ...(call.idempotent === undefined ? {} : { idempotent: call.idempotent }),
    ...(call.timeout_ms === undefined ? {} : { timeout: call.timeout_ms }),
    ...(call.body_limit === undefined ? {} : { responseBodyLimit: call.body_limit }),
  };
  return outcome(context.fetch(call.url, options));
}

export async function httpSequence(
  input: { readonly urls: readonly string[]; readonly idempotent?: boolean },
  context: WorkflowContext,
): Promise<object[]> {
  const outcomes: object[] = [];
  for (const url of input.urls) {
    outcomes.push(await outcome(context.fetch(url, { idempotent: input.idempotent ?? false })));
  }
  return outcomes;
}

export async function httpBytes(
  input: { readonly url: string; readonly base64: string },
  context: WorkflowContext,
): Promise<object> {
  const body = Uint8Array.from(atob(input.base64), (character) => character.charCodeAt(0));
  const response = await context.fetch(input.url, { method: "POST", body });
  const bytes = await response.bytes();
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return { status: response.status, base64: btoa(text) };
}

/** In the format of the Rust workflows, for which a status of 400 or more is an error. */
async function outcome(request: Promise<FetchResponse>): Promise<object> {
  try {
    const { status, url, headers, ...response } = await answered(request);
    return status < 400
      ? { ok: { status, url, headers, ...response } }
      : { status_error: { code: status, ...response } };
  } catch (error) {
    if (!FetchError.is(error)) throw error;
    const { kind, message, url } = error;
    return { transport_error: { kind, message, url } };
  }
}

async function answered(request: Promise<FetchResponse>): Promise<{
  readonly status: number;
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}> {
  const response = await request;
  const { status, url, headers } = response;
  return { status, url, headers: [...headers], body: await response.text() };
}
