import { HostExtensionError, NotSupportedByServerError } from "@flawless-ts/wasm-module";
import { engine } from "../engine.ts";
import { sendRequest } from "../host.ts";
import { shared } from "../shared.ts";

/** A host's answer to a call of an extension. */
export type Answer =
  | { readonly value: unknown; readonly refusal: undefined }
  | { readonly value: undefined; readonly refusal: HostExtensionError };

const longest = { secs: 1_000_000_000, nanos: 0 };
const unknownExtension = "UNKNOWN_EXTENSION";
const defaultAdvice =
  "The original Flawless server runs workflows without it; @flawless-ts/server has it (`flawless up`).";

/**
 * Calls an extension of the host: docs/host-extensions.md.
 *
 * @param body JSON text.
 * @returns undefined if the host has no extensions.
 */
export function ask(extension: string, body: string): Answer | undefined {
  if (shared.host.hasExtensions === false) return undefined;
  const result = sendRequest({
    // If this were idempotent, a host without extensions would retry it forever.
    config: { idempotent: false, timeout: longest, response_body_limit: Number.MAX_SAFE_INTEGER },
    method: "POST",
    url: `flawless:v1/${extension}`,
    headers: [],
    body: engine.encodeBase64(new Uint8Array(engine.encodeUtf8(body))),
  });
  if ("Ok" in result) {
    shared.host.hasExtensions = true;
    return { value: bodyOf(result.Ok.body), refusal: undefined };
  }
  if ("Status" in result.Err) {
    shared.host.hasExtensions = true;
    const { error } = bodyOf(result.Err.Status[1].body) as {
      readonly error: { readonly code: string; readonly message: string };
    };
    return {
      value: undefined,
      refusal: new HostExtensionError(extension, error.code, error.message),
    };
  }
  const { kind, message } = result.Err.Transport;
  if (kind === "UnknownScheme" || kind === "InvalidUrl") {
    shared.host.hasExtensions = false;
    return undefined;
  }
  throw new Error(
    `The host did not answer "${extension}": ${kind}, ${message ?? "without a reason"}.`,
  );
}

/**
 * Calls an extension that the workflow can't do without.
 *
 * @param feature what the workflow needs it for, for the error's message.
 * @throws {NotSupportedByServerError}
 * @throws {HostExtensionError} if the host refuses it.
 */
export function askFor(extension: string, body: string, feature: string, advice?: string): unknown {
  const answer = ask(extension, body);
  if (answer === undefined) throw notSupported(feature, advice);
  if (answer.refusal === undefined) return answer.value;
  throw refusalOf(answer.refusal, feature);
}

/** The error for a refusal: an older server has fewer extensions. */
export function refusalOf(refusal: HostExtensionError, feature: string): Error {
  return refusal.reason === unknownExtension
    ? notSupported(feature, "A newer @flawless-ts/server does.")
    : refusal;
}

/** The error if the host doesn't support it. */
export function notSupported(feature: string, advice: string = defaultAdvice): Error {
  return new NotSupportedByServerError(feature, null, null, { advice });
}

/** The JSON text of an object, plus a member whose value is JSON text already. */
export function withJson(object: object, name: string, json: string): string {
  const text = JSON.stringify(object);
  const separator = text === "{}" ? "" : ",";
  return `${text.slice(0, -1)}${separator}${JSON.stringify(name)}:${json}}`;
}

function bodyOf(base64: string): unknown {
  const bytes = new Uint8Array(engine.decodeBase64(base64) ?? new ArrayBuffer(0));
  return shared.fromJson(engine.decodeUtf8(bytes, false) ?? "null");
}
