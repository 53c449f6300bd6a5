import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";

/** One of a crawl's 30 updates. */
export interface Update {
  readonly id: number;
  readonly status: "Request" | "Parse" | "Done";
  readonly url: string;
  readonly urls_left: number;
}

/** A small web site: a few pages to crawl, and the URL to which crawlers send their updates. */
export class Site implements AsyncDisposable {
  readonly updates: Update[] = [];
  readonly #server: Server;
  readonly #onUpdate: (update: Update) => void;

  static async open(onUpdate: (update: Update) => void): Promise<Site> {
    const site = new Site(onUpdate);
    await new Promise<void>((resolve) => site.#server.listen(0, "127.0.0.1", resolve));
    return site;
  }

  private constructor(onUpdate: (update: Update) => void) {
    this.#onUpdate = onUpdate;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === "POST" && request.url === "/ui-update") {
      const update = (await json(request)) as Update;
      this.updates.push(update);
      response.end();
      this.#onUpdate(update);
    } else {
      response.setHeader("content-type", "text/html");
      response.end(`<title>${request.url}</title><a href="/pages/1">next</a>`);
    }
  }
}
