import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** The shop whose services the activities call. It accepts everything, but may leave its first request unanswered. */
export class Shop implements AsyncDisposable {
  readonly #server: Server;
  readonly #keys = new Set<string>();
  readonly #held = Promise.withResolvers<void>();

  private constructor(holdsFirst: boolean) {
    this.#server = createServer((request, response) => {
      const key = String(request.headers["idempotency-key"]);
      const again = this.#keys.has(key) ? " again, with the same key" : "";
      console.log(`the shop gets ${request.method} ${request.url}${again}`);
      request.resume();
      if (holdsFirst && this.#keys.size === 0) this.#held.resolve();
      else response.writeHead(201).end();
      this.#keys.add(key);
    });
  }

  static async open(holdsFirst: boolean): Promise<Shop> {
    const shop = new Shop(holdsFirst);
    await once(shop.#server.listen(0, "127.0.0.1"), "listening");
    return shop;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Resolves once the shop has a request that it doesn't respond to. */
  async holds(): Promise<void> {
    await this.#held.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}
