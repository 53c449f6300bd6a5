import type { DurationLike } from "../duration-like.ts";

/** What a request's body can be. */
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
   * Whether a retry is harmless: then the request is sent again after timeouts, failures and crashes. Default false: a
   * crash during the request is a `FetchError` of kind `RequestInterrupted`.
   */
  readonly idempotent?: boolean | undefined;
  /** How long to wait for the response. Default 120 seconds. */
  readonly timeout?: DurationLike | undefined;
  /** Bytes, also after `gzip` or `deflate`; the rest of a response's body is dropped. Default 10,000,000. */
  readonly responseBodyLimit?: number | undefined;
}

/** A response's headers: a part of the standard's `Headers`. Names are matched in any case. */
export interface FetchHeaders extends Iterable<[string, string]> {
  /** The values of a header, joined with commas; `null` where there is none. */
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
  /** Always empty: the host does not tell it. */
  readonly statusText: string;
  /** Where the response came from, after redirects. */
  readonly url: string;
  /** Whether that is another address than the one that was asked for. */
  readonly redirected: boolean;
  readonly headers: FetchHeaders;
  /** @throws {TypeError} for a `content-encoding` other than `gzip` and `deflate`; so do the others. */
  text(): Promise<string>;
  /** @throws {SyntaxError} when the body is not JSON. */
  json(): Promise<unknown>;
  arrayBuffer(): Promise<ArrayBuffer>;
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
  /** Streams are left out. */
  blob(): Promise<Omit<Blob, "stream" | "textStream">>;
  /** @throws {TypeError} when the body is no form. */
  formData(): Promise<FormData>;
}
