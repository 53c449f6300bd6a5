import type { HttpTransportErrorKind } from "@flawless-ts/wasm-module";

/** A guest's request to be sent. */
export interface OutgoingRequest {
  readonly method: string;
  readonly url: string;
  /** In the guest's order and spelling. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
  /** Whether the guest said that a retry is harmless. */
  readonly idempotent: boolean;
}

/** The response to a request. */
export interface IncomingResponse {
  readonly statusCode: number;
  /** The final URL, after redirects. */
  readonly url: string;
  /** Names in lower case; a name may occur more than once. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Truncated at the request's limit. */
  readonly body: Uint8Array;
}

/** Sends guests' requests. Tests provide their own. */
export interface HttpClient {
  /**
   * @param bodyLimitBytes the rest of the body beyond this is dropped
   * @throws HttpTransportFailure if there was no response; anything else thrown counts as kind `Io`
   */
  send(
    request: OutgoingRequest,
    options: { readonly signal: AbortSignal; readonly bodyLimitBytes: number },
  ): Promise<IncomingResponse>;
}

/** Why there was no response. */
export class HttpTransportFailure extends Error {
  readonly kind: HttpTransportErrorKind;
  /** The URL that failed: after redirects, not the requested one. */
  readonly url: string | null;
  /** Whether a retry would fail in the same way. */
  readonly final: boolean;

  constructor(
    kind: HttpTransportErrorKind,
    message: string,
    options: { readonly url?: string; readonly cause?: unknown; readonly final?: boolean } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = "HttpTransportFailure";
    this.kind = kind;
    this.url = options.url ?? null;
    this.final = options.final ?? false;
  }
}
