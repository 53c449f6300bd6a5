import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** A server that reports that it is healthy, and treats any module as `flawless-ts-crawler` 0.1.8; `await using` stops it. */
export class FakeFlawless implements AsyncDisposable {
  /** The bodies of deploy requests. */
  readonly deployed: Buffer[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      void buffer(request).then((body) => {
        response.setHeader("content-type", "application/json");
        if (request.url === "/health") {
          response.end('{"status":"ok","version":"1","reason":null,"running":0}');
        } else if (request.url === "/version") {
          response.setHeader("content-type", "text/plain").end("0.1.0");
        } else {
          this.deployed.push(body);
          response.end('{"ok":{"name":"flawless-ts-crawler","version":"0.1.8"}}');
        }
      });
    });
  }

  static async start(): Promise<FakeFlawless> {
    const flawless = new FakeFlawless();
    await new Promise<void>((resolve) => flawless.#server.listen(0, "127.0.0.1", resolve));
    return flawless;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
