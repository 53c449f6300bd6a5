import type { DurationLike } from "../duration-like.ts";

/** The types of a request's body. */
export type RequestBody =
  | string
  | ArrayBufferView
  | ArrayBuffer
  | URLSearchParams
  | Blob
  | FormData;

/** How to send a request. An undefined member counts as missing. */
export interface FetchOptions {
  /** Default `GET`. */
  readonly method?: string | undefined;
  readonly headers?:
    | Readonly<Record<string, string>>
    | Iterable<readonly [string, string]>
    | undefined;
  readonly body?: RequestBody | null | undefined;
  /**
   * Refuses the request if already aborted, or aborts it while it runs; the time of `AbortSignal.timeout` is the
   * request's timeout. On a server without host extensions, only a timeout ends a running request.
   */
  readonly signal?: AbortSignal | null | undefined;
  /** The host follows redirects; nothing else is supported. */
  readonly redirect?: "follow" | undefined;
  /**
   * Whether a retry is harmless: if so, the request is retried after timeouts, failures and crashes. Default false: a
   * crash during the request is a `FetchError` of kind `RequestInterrupted`.
   */
  readonly idempotent?: boolean | undefined;
  /** How long to wait for the response. Default 120 seconds. */
  readonly timeout?: DurationLike | undefined;
  /**
   * In bytes, also after decompression (`gzip`, `deflate`); the rest of a response's body is dropped. Default
   * 10,000,000.
   */
  readonly responseBodyLimit?: number | undefined;
}

/** A response's headers: a part of the standard's `Headers`. Names are matched in any case. */
export interface FetchHeaders extends Iterable<[string, string]> {
  /** The values of a header, joined with commas; `null` if there is none. */
  get(name: string): string | null;
  has(name: string): boolean;
  forEach(callback: (value: string, name: string) => void): void;
  entries(): IterableIterator<[string, string]>;
  keys(): IterableIterator<string>;
  values(): IterableIterator<string>;
  /** Values of `set-cookie`, which can't be joined. */
  getSetCookie(): string[];
}

/** A response: a part of the standard's `Response`. */
export interface FetchResponse {
  /** Whether the status is 200 to 299. */
  readonly ok: boolean;
  readonly status: number;
  /** Always empty: the host doesn't provide it. */
  readonly statusText: string;
  /** The URL of the response, after redirects. */
  readonly url: string;
  /** Whether that URL differs from the requested one. */
  readonly redirected: boolean;
  readonly headers: FetchHeaders;
  /** @throws {TypeError} for a `content-encoding` other than `gzip` and `deflate`; so do the others. */
  text(): Promise<string>;
  /** @throws {SyntaxError} when the body is not JSON. */
  json(): Promise<unknown>;
  arrayBuffer(): Promise<ArrayBuffer>;
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
  /** Without streams. */
  blob(): Promise<Omit<Blob, "stream" | "textStream">>;
  /** @throws {TypeError} when the body is not a form. */
  formData(): Promise<FormData>;
}
