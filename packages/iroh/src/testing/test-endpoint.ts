import { createServer, type RequestListener, type Server } from "node:http";
import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { socketsOf } from "../sockets.ts";
import { serveTicket, type TicketServer, type TicketServerOptions } from "../ticket-server.ts";

/** An endpoint that serves a listener, on loopback. */
export class TestEndpoint implements AsyncDisposable {
  readonly server: TicketServer;
  readonly http: Server;
  readonly #directory: TemporaryDirectory;

  private constructor(server: TicketServer, http: Server, directory: TemporaryDirectory) {
    this.server = server;
    this.http = http;
    this.#directory = directory;
  }

  static async start(
    listener: RequestListener,
    options: Partial<TicketServerOptions> = {},
  ): Promise<TestEndpoint> {
    const http = createServer(listener);
    const directory = new TemporaryDirectory();
    const server = await serveTicket({
      keyFile: directory.join("iroh.key"),
      services: { "control-plane": socketsOf(http) },
      ...options,
    });
    return new TestEndpoint(server, http, directory);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.http.closeAllConnections();
    await this.server.close();
    this.#directory.remove();
  }
}
