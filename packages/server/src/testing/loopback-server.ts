import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import {
  createServer as createRawServer,
  type AddressInfo,
  type Server as RawServer,
  type Socket,
} from "node:net";
import { text } from "node:stream/consumers";

/** A request that a server got. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  /** Names in lower case. */
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** A server on a free port of the loopback interface; `await using` stops it. */
export class LoopbackServer implements AsyncDisposable {
  readonly #server: RawServer;
  readonly #sockets = new Set<Socket>();

  private constructor(server: RawServer) {
    this.#server = server;
    server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => this.#sockets.delete(socket));
    });
  }

  static async http(listener: RequestListener): Promise<LoopbackServer> {
    const server: Server = createServer(listener);
    return LoopbackServer.#listen(server);
  }

  /** Sends what the listener writes. */
  static async raw(listener: (socket: Socket) => void): Promise<LoopbackServer> {
    return LoopbackServer.#listen(createRawServer(listener));
  }

  static async #listen(server: RawServer): Promise<LoopbackServer> {
    const loopback = new LoopbackServer(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return loopback;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Without a trailing slash. */
  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) {
      socket.destroy();
    }
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** Reads a whole request. */
export async function see(request: IncomingMessage): Promise<SeenRequest> {
  const { method = "", url = "", headers } = request;
  return { method, path: url, headers, body: await text(request) };
}
