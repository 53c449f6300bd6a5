import type { FetchResponse } from "@flawless-ts/wasm-module";
import { bodyOf } from "./body.ts";
import { textOf } from "./encoding.ts";
import { engine } from "./engine.ts";
import { Headers } from "./headers.ts";
import { shared } from "./shared.ts";

/** The options of a response. */
export interface ResponseOptions {
  readonly status?: number;
  readonly statusText?: string;
  readonly headers?: Readonly<Record<string, string>> | Iterable<readonly [string, string]>;
}

/** A response from the host. */
interface ReceivedResponse {
  readonly status: number;
  readonly url: string;
  readonly headers: Headers;
  readonly redirected: boolean;
}

type ReceivedBlob = Awaited<ReturnType<FetchResponse["blob"]>>;

/** Statuses without a body. Source: the Fetch Standard, "null body status". */
const nullBodyStatuses: readonly number[] = [101, 103, 204, 205, 304];
const redirectStatuses: readonly number[] = [301, 302, 303, 307, 308];

/** The standard's `Response`, without streams: its body is always complete. */
export class Response implements FetchResponse {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;
  readonly type: string = "default";
  readonly redirected: boolean = false;
  readonly url: string = "";
  bodyUsed = false;
  #read: () => Uint8Array;

  constructor(body: unknown = null, options: ResponseOptions = {}) {
    const { status = 200, statusText = "", headers = [] } = options ?? {};
    if (!(status >= 200 && status <= 599)) {
      throw new RangeError(
        `expected a response's status from 200 to 599, but got ${String(status)}`,
      );
    }
    const { bytes, type } = bodyOf(body);
    if (body !== null && body !== undefined && nullBodyStatuses.includes(status)) {
      throw new TypeError(`a response with the status ${status} has no body`);
    }
    this.status = Math.trunc(status);
    this.statusText = String(statusText);
    this.headers = new Headers(headers);
    if (type !== undefined && !this.headers.has("content-type")) {
      this.headers.set("content-type", type);
    }
    this.#read = () => bytes;
  }

  /** @internal What the host returned; with any status. */
  static received(read: () => Uint8Array, received: ReceivedResponse): Response {
    const response = new Response();
    Object.assign(response, received);
    response.#read = read;
    return response;
  }

  static json(value: unknown, options: ResponseOptions = {}): Response {
    const text = JSON.stringify(value);
    if (text === undefined) throw new TypeError(`JSON has no form of ${String(value)}`);
    const headers = new Headers(options.headers ?? []);
    if (!headers.has("content-type")) headers.set("content-type", "application/json");
    return new Response(text, { ...options, headers });
  }

  static error(): Response {
    const response = new Response();
    return Object.assign(response, { type: "error", status: 0 });
  }

  static redirect(url: string | { toString(): string }, status = 302): Response {
    const [href] = engine.parseUrl(String(url), undefined) ?? [];
    if (href === undefined) throw new TypeError(`Invalid URL: ${String(url)}`);
    if (!redirectStatuses.includes(status)) {
      throw new RangeError(`expected a redirect's status, but got ${String(status)}`);
    }
    return new Response(null, { status, headers: { location: href } });
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

  async blob(): Promise<ReceivedBlob> {
    const { Blob } = shared.part("standards");
    const blob = new Blob([this.#take()], { type: this.headers.get("content-type") ?? "" });
    return blob as unknown as ReceivedBlob;
  }

  async formData(): Promise<FormData> {
    const { parseFormData } = shared.part("standards");
    const form = parseFormData(this.#take(), this.headers.get("content-type"));
    return form as unknown as FormData;
  }

  clone(): Response {
    if (this.bodyUsed) throw new TypeError("the response's body was read already");
    const { status, url, redirected } = this;
    const headers = Headers.received([...this.headers]);
    const copy = Response.received(this.#read, { status, url, headers, redirected });
    return Object.assign(copy, { type: this.type, statusText: this.statusText });
  }

  #take(): Uint8Array {
    if (this.bodyUsed) throw new TypeError("the response's body was read already");
    this.bodyUsed = true;
    return this.#read();
  }
}
