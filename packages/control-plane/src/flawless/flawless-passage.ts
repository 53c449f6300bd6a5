import {
  Agent,
  createServer,
  type IncomingMessage,
  request as plainRequest,
  type Server,
  type ServerResponse,
} from "node:http";
import { Agent as TlsAgent, request as tlsRequest } from "node:https";
import { pipeline } from "node:stream/promises";
import type { Passage, SocketTaker } from "@flawless-ts/http-service";

/** Failures that occur before anything was sent. */
const neverSent = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/;

/**
 * Forwards callers of the control plane's ticket to its Flawless server. Requests are forwarded unchanged, with the caller's
 * token for Flawless.
 */
export class FlawlessPassage implements AsyncDisposable, Passage {
  readonly #url: URL;
  readonly #agent: Agent;
  readonly #server: Server;
  #draining = false;

  /** @param ca certificate authorities (PEM) to trust, instead of the system's */
  constructor(url: string, ca: string | undefined) {
    this.#url = new URL(url);
    // For idle connections. A stopping server waits longer before it closes one, so that none closes during a request.
    const kept = { keepAlive: true, timeout: 500 };
    this.#agent = this.#isTls ? new TlsAgent({ ...kept, ca }) : new Agent(kept);
    this.#server = createServer((request, response) => void this.#pass(request, response));
    // A start takes as long as its workflow; Flawless limits slow requests itself.
    this.#server.requestTimeout = 0;
  }

  get #isTls(): boolean {
    return this.#url.protocol === "https:";
  }

  /** Serves a connection. */
  readonly take: SocketTaker = (socket) => void this.#server.emit("connection", socket);

  drain(): void {
    this.#draining = true;
    this.#server.closeIdleConnections();
  }

  /** Aborts requests under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#agent.destroy();
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { host, pathname } = this.#url;
    // They apply to one connection only. Source: RFC 9110, section 7.6.1.
    const { connection: _1, "keep-alive": _2, expect: _3, ...headers } = request.headers;
    const outgoing = (this.#isTls ? tlsRequest : plainRequest)(this.#url, {
      agent: this.#agent,
      method: request.method,
      path: `${pathname.replace(/\/$/, "")}${request.url ?? "/"}`,
      headers: { ...headers, host },
    });
    response.once("close", () => outgoing.destroy());
    try {
      const answered = new Promise<IncomingMessage>((resolve, reject) => {
        outgoing.once("response", resolve).once("error", reject);
      });
      // A server may respond before it has read the body; then the rest doesn't matter.
      pipeline(request, outgoing).catch(() => undefined);
      const answer = await answered;
      const ending = this.#draining ? ["connection", "close"] : [];
      response.writeHead(answer.statusCode ?? 502, [...endToEnd(answer.rawHeaders), ...ending]);
      await pipeline(answer, response);
    } catch (error) {
      if (response.headersSent) response.destroy();
      else refuse(response, error as NodeJS.ErrnoException);
    }
  }
}

/** @param headers alternating names and values */
function endToEnd(headers: readonly string[]): readonly string[] {
  return headers.filter((_text, index) => {
    const name = headers[index - (index % 2)] ?? "";
    return !/^(?:connection|keep-alive)$/i.test(name);
  });
}

function refuse(response: ServerResponse, { code = "", message }: NodeJS.ErrnoException): void {
  const nothingWasDone = neverSent.test(code);
  response
    .writeHead(nothingWasDone ? 503 : 502, {
      "content-type": "application/json",
      "flawless-error-code": "FLAWLESS_UNREACHABLE",
      connection: "close",
      // Tells the client that it may retry.
      ...(nothingWasDone ? { "retry-after": "1" } : {}),
    })
    .end(
      JSON.stringify({
        error: `The control plane can't reach its Flawless server: ${message}. Is it running?`,
      }),
    );
}
