import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** How connections are treated. */
type Mode =
  /** Everything passes. */
  | "open"
  /** New connections are refused. */
  | "refusing"
  /** Nothing passes in either direction, without any error. */
  | "silent"
  /** Requests arrive, but the connection ends instead of passing on the response. */
  | "losing answers";

/** Sits between a program and its database, and disturbs the traffic. */
export class PostgresProxy implements AsyncDisposable {
  readonly #server: Server;
  #target: URL;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  #mode: Mode = "open";
  #answersLost = 0;

  /**
   * @param url the database's URL
   * @param host the address of this machine at which the program reaches the proxy
   */
  static async start(url: string, host: string = "127.0.0.1"): Promise<PostgresProxy> {
    const server = createServer();
    const proxy = new PostgresProxy(server, new URL(url));
    server.listen(0, host);
    await once(server, "listening");
    return proxy;
  }

  private constructor(server: Server, target: URL) {
    this.#server = server;
    this.#target = target;
    server.on("connection", (client) => this.#accept(client));
  }

  /** The database's URL through the proxy. */
  get url(): string {
    const url = new URL(this.#target);
    const { address, port } = this.#server.address() as AddressInfo;
    url.hostname = address;
    url.port = String(port);
    return url.href;
  }

  /** How many connections have ended instead of passing on a response. */
  get answersLost(): number {
    return this.#answersLost;
  }

  /** Sends new connections elsewhere: the program behind it may announce its address only once it runs. */
  forwardTo(url: string): void {
    this.#target = new URL(url);
  }

  /** Lets everything pass again, with new connections. */
  open(): void {
    this.#mode = "open";
  }

  /** Like a database that is down: connections end, and new ones are refused. */
  cut(): void {
    this.#mode = "refusing";
    this.endConnections();
  }

  /** Like a pulled cable: connections stay open, but nothing arrives. */
  silence(): void {
    this.#mode = "silent";
  }

  /** Loses the next responses with their connections: requests take effect, but nobody is told. */
  loseAnswers(): void {
    this.#mode = "losing answers";
  }

  /** Ends all connections, whatever they are doing. */
  endConnections(): void {
    for (const [client, database] of this.#pairs) {
      client.destroy();
      database.destroy();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, "close");
  }

  #accept(client: Socket): void {
    if (this.#mode === "refusing") {
      client.destroy();
      return;
    }
    const database = connect(Number(this.#target.port), this.#target.hostname);
    const pair = [client, database] as const;
    this.#pairs.add(pair);
    const end = (): void => {
      this.#pairs.delete(pair);
      client.destroy();
      database.destroy();
    };
    for (const socket of pair) {
      socket.on("error", end);
      socket.on("close", end);
    }
    // The responses at the start of a connection are not to be lost.
    let asks = false;
    client.on("data", (bytes) => {
      asks ||= bytes[0] === parse || bytes[0] === bind || bytes[0] === query;
      if (this.#mode !== "silent") {
        database.write(bytes);
      }
    });
    database.on("data", (bytes) => {
      if (this.#mode === "losing answers" && asks) {
        this.#answersLost += 1;
        end();
      } else if (this.#mode !== "silent") {
        client.write(bytes);
      }
    });
  }
}

/** The first bytes of messages. Source: postgresql.org/docs/18/protocol-message-formats.html */
const parse = "P".charCodeAt(0);
const bind = "B".charCodeAt(0);
const query = "Q".charCodeAt(0);
