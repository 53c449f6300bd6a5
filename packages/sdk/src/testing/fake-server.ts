import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { setImmediate } from "node:timers/promises";
import { promisify } from "node:util";

/** A request to the fake server. */
export interface SeenRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What the fake server does with a request. */
export type FakeAnswer =
  | {
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string | string[]>>;
      readonly json: unknown;
    }
  | {
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string | string[]>>;
      readonly text: string;
    }
  | {
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string | string[]>>;
      readonly chunks: readonly (string | Uint8Array)[];
      /** What happens after them. */
      readonly after: "end" | "break off" | "stay open";
    }
  /** Reads the request and closes the connection. */
  | "hang up"
  /** Closes the connection in the middle of the response's body. */
  | "break off"
  /** Never responds. */
  | "stay silent";

/** The responses of one route: always the same, one after the other (the last one stays), or by request. */
export type FakeRoute = FakeAnswer | readonly FakeAnswer[] | ((request: SeenRequest) => FakeAnswer);

/** Responses by route, such as `GET /version`; the query doesn't count. */
export type FakeRoutes = Readonly<Record<string, FakeRoute>>;

const unknownRoute: FakeAnswer = {
  status: 404,
  headers: { "flawless-error-code": "ROUTE_NOT_FOUND" },
  json: { error: "There is no such route." },
};

/** An HTTP server on loopback with given responses, which records its requests. */
export class FakeServer implements AsyncDisposable {
  readonly url: string;
  readonly requests: readonly SeenRequest[];
  readonly #server: Server;

  private constructor(server: Server, requests: readonly SeenRequest[]) {
    this.#server = server;
    this.requests = requests;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** @param routes for others, it responds like @flawless-ts/server to unknown routes. */
  static async start(routes: FakeRoutes, port = 0): Promise<FakeServer> {
    const requests: SeenRequest[] = [];
    const timesAsked = new Map<string, number>();
    const server = createServer(async (incoming, outgoing) => {
      const { method = "", url: path = "", headers } = incoming;
      const request: SeenRequest = { method, path, headers, body: await buffer(incoming) };
      requests.push(request);
      const name = `${method} ${path.split("?")[0]}`;
      const times = timesAsked.get(name) ?? 0;
      timesAsked.set(name, times + 1);
      const answer = answerOf(routes[name] ?? unknownRoute, request, times);
      if (answer === "stay silent") return;
      if (answer === "hang up") {
        incoming.socket.destroy();
      } else if (answer === "break off") {
        outgoing.writeHead(200, { "content-length": "100" });
        outgoing.write('{"ok":', () => incoming.socket.destroy());
      } else if ("chunks" in answer) {
        outgoing.writeHead(answer.status ?? 200, answer.headers);
        for (const chunk of answer.chunks) {
          // One after the other, so that they arrive as separate chunks.
          await new Promise((resolve) => outgoing.write(chunk, resolve));
          await setImmediate();
        }
        if (answer.after === "end") outgoing.end();
        if (answer.after === "break off") outgoing.write("", () => incoming.socket.destroySoon());
      } else {
        const text = "json" in answer ? JSON.stringify(answer.json) : answer.text;
        outgoing.writeHead(answer.status ?? 200, answer.headers).end(text);
      }
    });
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    return new FakeServer(server, requests);
  }

  /** The requests to one route, such as `POST /api/workflow/start`. */
  seen(route: string): readonly SeenRequest[] {
    return this.requests.filter(({ method, path }) => `${method} ${path.split("?")[0]}` === route);
  }

  /** The number of clients' open connections. */
  async openConnections(): Promise<number> {
    return await promisify(this.#server.getConnections).call(this.#server);
  }

  /** Resolves when the clients have closed all connections. */
  async noConnections(): Promise<void> {
    while ((await this.openConnections()) > 0) await setImmediate();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function answerOf(route: FakeRoute, request: SeenRequest, times: number): FakeAnswer {
  if (typeof route === "function") return route(request);
  if (!Array.isArray(route)) return route as FakeAnswer;
  const answers = route as readonly FakeAnswer[];
  return answers[Math.min(times, answers.length - 1)] ?? unknownRoute;
}

/** A loopback address where nothing listens. */
export async function unusedUrl(): Promise<string> {
  await using server = await FakeServer.start({});
  return server.url;
}
