import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { hang, type TestHandler } from "../environment/http-reply.ts";

/** What the outside world does with a request: nothing, break the connection, or respond. */
type WorldReply =
  | "hang"
  | "break"
  | {
      /** Bytes in place of a response; only on the network. */
      readonly raw: string;
    }
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body: string | Uint8Array;
    };

/** The base URL in process, where no request leaves. */
export const inProcessWorld = "http://world.example";

/** Responds to requests in process like {@link LoopbackWorld} on the network. */
export function inProcessHandler(): TestHandler {
  let attempts = new Map<string, number>();
  return ({ number, url, body }) => {
    if (number === 1) {
      // A crash sweep reuses the handler for one environment after another.
      attempts = new Map();
    }
    const reply = replyTo(new URL(url).pathname, body, attempts);
    if (reply === "hang") {
      return hang;
    }
    if (typeof reply === "object" && "raw" in reply) {
      throw new Error("a response that is not HTTP has no place in process");
    }
    return reply === "break" ? { fail: "Io", message: "the connection broke" } : reply;
  };
}

/** The outside world of a real server, on a free port of the loopback interface. */
export class LoopbackWorld implements AsyncDisposable {
  /** The requests since the last reset, as "METHOD /path body". */
  requests: string[] = [];
  readonly #server: Server = createServer((request, response) => {
    void this.#answer(request, response);
  });
  #attempts = new Map<string, number>();
  #waiting: { readonly count: number; readonly resolve: () => void }[] = [];

  static async open(): Promise<LoopbackWorld> {
    const world = new LoopbackWorld();
    await new Promise<void>((resolve) => world.#server.listen(0, "127.0.0.1", resolve));
    return world;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  reset(): void {
    this.requests = [];
    this.#attempts = new Map();
  }

  async arrived(count: number): Promise<void> {
    if (this.requests.length < count) {
      await new Promise<void>((resolve) => this.#waiting.push({ count, resolve }));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url: path = "" } = request;
    const body = await buffer(request);
    this.requests.push(requestLine(method, path, body.toString()));
    this.#waiting = this.#waiting.filter(({ count, resolve }) => {
      const isReached = this.requests.length >= count;
      if (isReached) {
        resolve();
      }
      return !isReached;
    });
    const reply = replyTo(path, body, this.#attempts);
    if (reply === "break") {
      request.socket.destroy();
    } else if (typeof reply === "object" && "raw" in reply) {
      request.socket.end(reply.raw);
    } else if (reply !== "hang") {
      response.writeHead(reply.status, reply.headers).end(reply.body);
    }
  }
}

export function requestLine(method: string, path: string, body: string): string {
  return `${method} ${path} ${body}`.trimEnd();
}

/** The one definition of the outside world. */
function replyTo(path: string, body: Uint8Array, attempts: Map<string, number>): WorldReply {
  const attempt = (attempts.get(path) ?? 0) + 1;
  attempts.set(path, attempt);
  const [, place = "", detail = ""] = path.split("/");
  switch (place) {
    case "hang":
      return "hang";
    case "slow-once":
      return attempt === 1 ? "hang" : { status: 200, body: "answered later" };
    case "broken":
      return "break";
    case "broken-once":
      return attempt === 1 ? "break" : { status: 200, body: "whole" };
    case "status":
      return { status: Number(detail), body: "because" };
    case "redirect":
      return { status: 302, headers: { Location: path }, body: "" };
    case "bad-status":
      return { raw: "HTTP/1.1 ok fine\r\n\r\n" };
    case "bad-header":
      return { raw: "HTTP/1.1 200 OK\r\nbad name: 1\r\n\r\n" };
    case "echo":
      return { status: 200, headers: { "X-Echo": "Yes" }, body };
    default:
      return { status: 200, body: "fine" };
  }
}
