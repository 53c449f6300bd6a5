import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** A request that reached the outside world. */
export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  /** Relative to its site: `/effect-1`. */
  readonly path: string;
  readonly body: string;
}

const answerBody = "thank you";

/** What workflows have effects on: an HTTP server that remembers every request. */
export class OutsideWorld implements AsyncDisposable {
  readonly #server: Server;
  readonly #sites = new Map<string, Site>();
  readonly #listeners = new Set<() => void>();
  /** All requests so far. */
  readonly requests: SeenRequest[] = [];

  static async open(): Promise<OutsideWorld> {
    const world = new OutsideWorld();
    await new Promise<void>((resolve) => world.#server.listen(0, "127.0.0.1", resolve));
    return world;
  }

  private constructor() {
    this.#server = createServer((request, response) => void this.#receive(request, response));
  }

  /** Calls `listener` for each request from now on, before its response. */
  onRequest(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** A part of the world with its own URL and record. */
  site(name: string): Site {
    const { port } = this.#server.address() as AddressInfo;
    const site = new Site(`http://127.0.0.1:${port}/${name}`);
    this.#sites.set(name, site);
    return site;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url = "" } = request;
    const [, name = "", ...rest] = url.split("/");
    const site = this.#sites.get(name);
    let body: string;
    try {
      body = await text(request);
    } catch {
      // It was cut off before it was complete: no server would have acted on it.
      return;
    }
    if (site === undefined) {
      response.writeHead(404).end();
      return;
    }
    const seen = { method, url, path: `/${rest.join("/")}`, body };
    this.requests.push(seen);
    for (const listener of this.#listeners) {
      listener();
    }
    site.receive(seen, response);
  }
}

/** @see OutsideWorld.site */
export class Site {
  readonly url: string;
  readonly requests: SeenRequest[] = [];
  readonly #holds = new Map<string, HeldRequest>();

  constructor(url: string) {
    this.url = url;
  }

  /** Holds the response to the next request to `path` until the test releases it. */
  hold(path: string): HeldRequest {
    const held = new HeldRequest();
    this.#holds.set(path, held);
    return held;
  }

  /** Removes the holds for requests that haven't arrived yet. */
  release(): void {
    this.#holds.clear();
  }

  /** @internal */
  receive(request: SeenRequest, response: ServerResponse): void {
    this.requests.push(request);
    const held = this.#holds.get(request.path);
    if (held === undefined) {
      response.end(answerBody);
    } else {
      this.#holds.delete(request.path);
      held.receive(response);
    }
  }
}

/** A request whose response is held. */
export class HeldRequest {
  readonly #response = Promise.withResolvers<ServerResponse>();

  /** Resolves when the request has arrived. */
  async arrived(): Promise<void> {
    await this.#response.promise;
  }

  /** Resolves when the whole response was passed to the operating system. */
  async answer(): Promise<void> {
    const response = await this.#response.promise;
    await new Promise<void>((resolve) => response.end(answerBody, resolve));
  }

  /** Sends the head and part of the body; the rest never arrives. */
  async answerInPart(): Promise<void> {
    const response = await this.#response.promise;
    response.writeHead(200, { "content-length": answerBody.length });
    await new Promise((resolve) => response.write(answerBody.slice(0, 3), resolve));
  }

  /** @internal */
  receive(response: ServerResponse): void {
    this.#response.resolve(response);
  }
}
