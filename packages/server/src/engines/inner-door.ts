import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";

/**
 * Where the other engines of a server reach this one: a port of loopback. What comes there is served as what comes to the
 * server's own address, without TLS.
 */
export class InnerDoor {
  readonly url: string;
  readonly #listener: Server;
  readonly #sockets = new Set<Socket>();
  #take: ((socket: Socket) => void) | undefined;
  #waiting: Socket[] = [];

  static async open(): Promise<InnerDoor> {
    const listener = createServer({ noDelay: true });
    listener.listen(0, "127.0.0.1");
    await once(listener, "listening");
    return new InnerDoor(listener);
  }

  private constructor(listener: Server) {
    this.#listener = listener;
    this.url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
    listener.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
      if (this.#take === undefined) {
        this.#waiting.push(socket);
      } else {
        this.#take(socket);
      }
    });
  }

  /** Leads to a server of HTTP, or of HTTPS, from now on. */
  leadTo(server: Server): void {
    // A server of HTTPS serves what has passed its handshake.
    const event = server.listenerCount("secureConnection") > 0 ? "secureConnection" : "connection";
    this.#take = (socket) => void server.emit(event, socket);
    for (const socket of this.#waiting) {
      this.#take(socket);
    }
    this.#waiting = [];
  }

  close(): void {
    this.#listener.close();
    for (const socket of this.#sockets) {
      socket.destroy();
    }
  }
}
