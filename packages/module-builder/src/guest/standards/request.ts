import type { FetchOptions, RequestBody } from "@flawless-ts/wasm-module";
import { bodyOf } from "../body.ts";
import { textOf } from "../encoding.ts";
import type { FetchSource } from "../fetch-source.ts";
import { methodOf, refuseUnknownOptions } from "../fetch-init.ts";
import { shared } from "../shared.ts";
import { AbortSignal } from "./abort.ts";
import { Blob } from "./blob.ts";
import { parseFormData, type FormData } from "./form-data.ts";

/** The standard's `Request`, without streams, and without members for what the host doesn't support. */
export class Request implements FetchSource {
  readonly method: string;
  readonly url: string;
  readonly headers: InstanceType<ReturnType<typeof webPart>["Headers"]>;
  readonly signal: AbortSignal;
  bodyUsed = false;
  readonly #body: Uint8Array | null;
  readonly #options: FetchOptions;

  constructor(source: string | { toString(): string } | Request, init: FetchOptions = {}) {
    refuseUnknownOptions(init);
    const { Headers, URL } = webPart();
    const from = source instanceof Request ? source : undefined;
    this.url = from?.url ?? String(new URL(String(source)));
    const options = { ...(from === undefined ? undefined : from.#options), ...given(init) };
    this.method = methodOf(options.method ?? "GET");
    this.headers = new Headers(options.headers ?? from?.headers ?? []);
    const ownBody = init.body !== undefined && init.body !== null;
    if (from?.bodyUsed && !ownBody) throw new TypeError("the request's body was read already");
    const { bytes, type } = ownBody
      ? bodyOf(init.body)
      : { bytes: from === undefined ? null : from.#body, type: undefined };
    if (bytes !== null && /^(?:GET|HEAD)$/.test(this.method)) {
      throw new TypeError(`a Request with the method ${this.method} has no body`);
    }
    if (type !== undefined && !this.headers.has("content-type")) {
      this.headers.set("content-type", type);
    }
    this.#body = bytes;
    if (from !== undefined && !ownBody && bytes !== null) from.bodyUsed = true;
    const signal = (options.signal ?? undefined) as unknown as AbortSignal | undefined;
    this.signal = AbortSignal.any(signal === undefined ? [] : [signal]);
    const { headers: _headers, body: _body, signal: _signal, ...others } = options;
    this.#options = {
      ...others,
      signal: this.signal as unknown as NonNullable<FetchOptions["signal"]>,
    };
  }

  async text(): Promise<string> {
    return textOf(this.#take());
  }

  async json(): Promise<unknown> {
    return JSON.parse(textOf(this.#take()));
  }

  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return Uint8Array.from(this.#take());
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return (await this.bytes()).buffer;
  }

  async blob(): Promise<Blob> {
    return new Blob([this.#take()], { type: this.headers.get("content-type") ?? "" });
  }

  async formData(): Promise<FormData> {
    return parseFormData(this.#take(), this.headers.get("content-type"));
  }

  clone(): Request {
    if (this.bodyUsed) throw new TypeError("the request's body was read already");
    const copy = new Request(this);
    this.bodyUsed = false;
    return copy;
  }

  /** @internal */
  "flawless:fetch"(): { readonly url: string; readonly options: FetchOptions } {
    const body = this.#body === null ? null : (Uint8Array.from(this.#take()) as RequestBody);
    return {
      url: this.url,
      options: { ...this.#options, method: this.method, headers: this.headers, body },
    };
  }

  #take(): Uint8Array {
    if (this.bodyUsed) throw new TypeError("the request's body was read already");
    if (this.#body !== null) this.bodyUsed = true;
    return this.#body ?? new Uint8Array();
  }
}

function webPart(): ReturnType<typeof shared.part<"web">> {
  return shared.part("web");
}

function given(init: FetchOptions): FetchOptions {
  return Object.fromEntries(Object.entries(init).filter(([, value]) => value !== undefined));
}
