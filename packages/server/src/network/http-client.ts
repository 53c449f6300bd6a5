import type { HttpTransportErrorKind } from "@flawless-ts/wasm-module";

/** A guest's request on its way out. */
export interface OutgoingRequest {
  readonly method: string;
  readonly url: string;
  /** In the guest's order and spelling. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
  /** Whether the guest said that a repeat is harmless. */
  readonly idempotent: boolean;
}

/** What came back. */
export interface IncomingResponse {
  readonly statusCode: number;
  /** Where it came from, after redirects. */
  readonly url: string;
  /** Names in lower case; a name may come more than once. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Cut off at the limit that the request set. */
  readonly body: Uint8Array;
}

/** Sends the requests of guests. A test hands in one of its own. */
export interface HttpClient {
  /**
   * @param bodyLimitBytes what a body has beyond it is dropped
   * @throws HttpTransportFailure where no response came; anything else thrown counts as kind `Io`
   */
  send(
    request: OutgoingRequest,
    options: { readonly signal: AbortSignal; readonly bodyLimitBytes: number },
  ): Promise<IncomingResponse>;
}

/** Why no response came. */
export class HttpTransportFailure extends Error {
  readonly kind: HttpTransportErrorKind;
  /** The URL that failed: after redirects not the one that was asked for. */
  readonly url: string | null;
  /** Whether a repeat would fail in the same way. */
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
