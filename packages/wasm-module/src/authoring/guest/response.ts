import type { FetchResponse } from "../workflow-context.ts";
import { bytesOf, textOf, utf8, type Bytes } from "./encoding.ts";
import { Headers } from "./headers.ts";

/** How to make a response. */
export interface ResponseOptions {
  readonly status?: number;
  readonly statusText?: string;
  readonly headers?: Readonly<Record<string, string>> | Iterable<readonly [string, string]>;
}

/** The standard's `Response`, without streams: its body is all there. */
export class Response implements FetchResponse {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;
  readonly type = "default";
  readonly redirected = false;
  url = "";
  bodyUsed = false;
  readonly #read: () => Uint8Array;

  constructor(
    body: string | Bytes | (() => Uint8Array) | null = null,
    options: ResponseOptions = {},
  ) {
    this.status = options.status ?? 200;
    this.statusText = options.statusText ?? "";
    this.headers = new Headers(options.headers ?? []);
    this.#read =
      typeof body === "function"
        ? body
        : () => (typeof body === "string" ? utf8(body) : bytesOf(body ?? new ArrayBuffer(0)));
  }

  static json(value: unknown, options: ResponseOptions = {}): Response {
    const response = new Response(JSON.stringify(value), options);
    if (!response.headers.has("content-type"))
      response.headers.set("content-type", "application/json");
    return response;
  }

  get ok(): boolean {
    return this.status >= 200 && this.status <= 299;
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

  clone(): Response {
    if (this.bodyUsed) throw new TypeError("the response's body was read already");
    const { status, statusText, headers } = this;
    const copy = new Response(this.#read, { status, statusText, headers });
    copy.url = this.url;
    return copy;
  }

  #take(): Uint8Array {
    if (this.bodyUsed) throw new TypeError("the response's body was read already");
    this.bodyUsed = true;
    return this.#read();
  }
}
