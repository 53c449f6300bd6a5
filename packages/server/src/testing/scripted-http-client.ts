import type { HttpClient, IncomingResponse, OutgoingRequest } from "../network/http-client.ts";

/** A request as the client got it. */
export interface SentRequest extends OutgoingRequest {
  readonly signal: AbortSignal;
  readonly bodyLimitBytes: number;
}

/** What the client does with a request; an error that it throws is the request's error. */
export type Script = (request: SentRequest) => IncomingResponse | Promise<IncomingResponse>;

/** A response to `request` with a text body. */
export function responseTo(
  request: OutgoingRequest,
  response: { readonly statusCode?: number; readonly body?: string } = {},
): IncomingResponse {
  const { statusCode = 200, body = "" } = response;
  return { statusCode, url: request.url, headers: [], body: Buffer.from(body) };
}

/** Stands in for the network: records requests, and responds as the test says. */
export class ScriptedHttpClient implements HttpClient {
  /** All requests so far, in order. */
  readonly sent: SentRequest[] = [];
  /** By default every response has status 200 and no body. */
  script: Script = (request) => responseTo(request);

  async send(
    request: OutgoingRequest,
    options: { readonly signal: AbortSignal; readonly bodyLimitBytes: number },
  ): Promise<IncomingResponse> {
    const sent = { ...request, ...options };
    this.sent.push(sent);
    return await this.script(sent);
  }

  /** Each request as one line: method, path and body. */
  get lines(): readonly string[] {
    return this.sent.map(requestLine);
  }
}

/** Method, path and body of a request in one line. */
export function requestLine(request: OutgoingRequest): string {
  const body = Buffer.from(request.body).toString();
  return `${request.method} ${new URL(request.url).pathname} ${body}`.trim();
}

/** A script that holds every response until the test releases it. */
export class HeldResponses {
  readonly #held: { request: SentRequest; response: PromiseWithResolvers<IncomingResponse> }[] = [];

  readonly script: Script = (request) => {
    const response = Promise.withResolvers<IncomingResponse>();
    this.#held.push({ request, response });
    return response.promise;
  };

  get size(): number {
    return this.#held.length;
  }

  /** Responds to the oldest waiting request. */
  release(response: { readonly statusCode?: number; readonly body?: string } = {}): void {
    const held = this.#take();
    held.response.resolve(responseTo(held.request, response));
  }

  /** Fails the oldest waiting request. */
  fail(error: Error): void {
    this.#take().response.reject(error);
  }

  #take(): { request: SentRequest; response: PromiseWithResolvers<IncomingResponse> } {
    const held = this.#held.shift();
    if (held === undefined) {
      throw new Error("no request waits");
    }
    return held;
  }
}
