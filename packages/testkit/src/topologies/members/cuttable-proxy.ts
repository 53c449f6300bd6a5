import { connect, createServer, type Server, type Socket } from "node:net";
import { once } from "node:events";

/**
 * A port of this machine that forwards to another. While it is cut, nothing passes and nothing is refused, as if a
 * network cable were unplugged: everything in flight hangs.
 */
export class CuttableProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #targetPort: number;
  readonly #sockets = new Set<Socket>();
  readonly #held: (() => void)[] = [];
  #isCut = false;

  private constructor(targetPort: number) {
    this.#targetPort = targetPort;
    this.#server = createServer({ allowHalfOpen: true }, (client) => this.#accept(client));
  }

  /** @param port the port to listen on */
  static async start(port: number, targetPort: number): Promise<CuttableProxy> {
    const proxy = new CuttableProxy(targetPort);
    proxy.#server.listen(port, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  cut(): void {
    this.#isCut = true;
  }

  /** Connections that hung continue. */
  restore(): void {
    this.#isCut = false;
    for (const goOn of this.#held.splice(0)) goOn();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, "close");
  }

  #accept(client: Socket): void {
    this.#keep(client);
    if (this.#isCut) {
      this.#held.push(() => this.#join(client));
      return;
    }
    this.#join(client);
  }

  #join(client: Socket): void {
    if (client.destroyed) return;
    const target = connect({ port: this.#targetPort, host: "127.0.0.1", allowHalfOpen: true });
    this.#keep(target);
    client.once("close", () => target.destroy());
    target.once("close", () => client.destroy());
    this.#pass(client, target);
    this.#pass(target, client);
  }

  /** Forwards data, now or once the proxy is restored. */
  #pass(from: Socket, to: Socket): void {
    from.on("data", (bytes: Buffer) => {
      if (!this.#isCut) {
        to.write(bytes);
        return;
      }
      from.pause();
      this.#held.push(() => {
        to.write(bytes);
        from.resume();
      });
    });
    from.on("end", () => (this.#isCut ? this.#held.push(() => to.end()) : to.end()));
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    // The other side notices when it ends.
    socket.on("error", () => undefined);
    socket.once("close", () => this.#sockets.delete(socket));
  }
}
