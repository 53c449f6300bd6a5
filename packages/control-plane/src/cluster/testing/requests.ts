import { createServer, type Server } from "node:net";
import type { AddressInfo } from "node:net";
import { once } from "node:events";

/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The text as JSON; undefined where it is none. */
  readonly body: unknown;
}

/** Asks, without following redirects. */
export async function get(
  base: string,
  path: string,
  method: string = "GET",
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return answerOf(await fetch(`${base}${path}`, { method, headers }));
}

/** Posts JSON, or nothing. */
export async function post(
  base: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return answerOf(
    await fetch(`${base}${path}`, {
      method: "POST",
      headers: {
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  );
}

async function answerOf(reply: Response): Promise<Answer> {
  const text = await reply.text();
  const { status, headers } = reply;
  try {
    return { status, headers, text, body: JSON.parse(text) };
  } catch {
    return { status, headers, text, body: undefined };
  }
}

/** A port of the loopback interface that nothing listens on now. */
export async function freePort(): Promise<number> {
  await using server = await Silent.listen();
  return Number(new URL(server.url).port);
}

/** A server that takes connections and says nothing. */
export class Silent implements AsyncDisposable {
  readonly url: string;
  /** Settled when somebody has connected. */
  readonly connected: Promise<unknown>;
  readonly #server: Server;
  readonly #closed: Promise<unknown>;
  readonly #ends: (() => void)[] = [];

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.connected = once(server, "connection");
    this.#closed = once(server, "close");
    server.on("connection", (socket) => {
      socket.on("error", () => undefined);
      this.#ends.push(() => socket.destroy());
    });
  }

  static async listen(): Promise<Silent> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new Silent(server);
  }

  /** Breaks all connections, and takes no more. */
  close(): void {
    this.#server.close();
    for (const end of this.#ends.splice(0)) {
      end();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A connection that nobody has made is not waited for.
    this.connected.catch(() => undefined);
    this.close();
    await this.#closed;
  }
}
