import type { ServerResponse } from "node:http";
import { LoopbackServer } from "./loopback-server.ts";

/** A site that responds at once, except to requests below /held, which wait until the test releases them. */
export class HeldSite implements AsyncDisposable {
  /** The paths of all requests so far. */
  readonly paths: string[] = [];
  readonly #held = new Map<string, ServerResponse>();
  readonly #server: LoopbackServer;

  static async open(): Promise<HeldSite> {
    const requests: { site?: HeldSite } = {};
    const server = await LoopbackServer.http(({ url = "" }, response) =>
      requests.site?.receive(url, response),
    );
    return (requests.site = new HeldSite(server));
  }

  private constructor(server: LoopbackServer) {
    this.#server = server;
  }

  get url(): string {
    return this.#server.url;
  }

  /** The number of requests that wait. */
  get held(): number {
    return this.#held.size;
  }

  receive(path: string, response: ServerResponse): void {
    this.paths.push(path);
    if (path.startsWith("/held")) {
      this.#held.set(path, response);
    } else {
      response.end("at once");
    }
  }

  /** Responds to all that wait. */
  release(body: string): void {
    for (const response of this.#held.values()) {
      response.end(body);
    }
    this.#held.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.close();
  }
}
