import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import { UsageError } from "./roles.ts";

/** More clients at a time than a test has. */
const maxWays = 1_000;
/** How long a client may be silent, in milliseconds. QUIC's keepalives are more frequent. */
const idleMs = 120_000;

/** The target of a port's packets. */
export interface HopWay {
  readonly port: number;
  readonly address: string;
  readonly targetPort: number;
}

/**
 * Parses `PORT=ADDRESS:PORT`.
 *
 * @throws UsageError
 */
export function parseHopWay(word: string): HopWay {
  const [, port, address, targetPort] = /^(\d{1,5})=([\d.]+):(\d{1,5})$/.exec(word) ?? [];
  if (port === undefined || address === undefined || targetPort === undefined) {
    throw new UsageError(
      `A hop needs PORT=ADDRESS:PORT, such as 3021=192.168.100.11:3020, but got ${JSON.stringify(word)}.`,
    );
  }
  return { port: Number(port), address, targetPort: Number(targetPort) };
}

/** Forwards UDP until the process is told to end: from each port to its target, and responses back. */
export async function runHop(words: readonly string[]): Promise<number> {
  const stopped = Promise.race([once(process, "SIGTERM"), once(process, "SIGINT")]);
  const hops = await Promise.all(words.map((word) => Hop.listen(parseHopWay(word))));
  console.log(`passing UDP on: ${words.join(", ")}`);
  await stopped;
  hops.forEach((hop) => hop[Symbol.dispose]());
  return 0;
}

interface Way {
  readonly socket: Socket;
  lastUsed: number;
}

/** One port. Each client has its own socket to the target, as behind a NAT router. */
export class Hop implements Disposable {
  readonly #server: Socket;
  readonly #target: HopWay;
  readonly #ways = new Map<string, Way>();
  readonly #sweep: NodeJS.Timeout;

  private constructor(server: Socket, target: HopWay) {
    this.#server = server;
    this.#target = target;
    server.on("message", (packet, client) => this.#forward(packet, client));
    // Errors of single packets count as packet loss.
    server.on("error", () => undefined);
    this.#sweep = setInterval(() => this.#closeIdle(), idleMs / 2).unref();
  }

  static async listen(target: HopWay): Promise<Hop> {
    const server = createSocket("udp4").bind(target.port);
    await once(server, "listening");
    return new Hop(server, target);
  }

  /** The port it listens on, which matters if any free port was requested. */
  get port(): number {
    return this.#server.address().port;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#sweep);
    this.#server.close();
    this.#ways.forEach(({ socket }) => socket.close());
    this.#ways.clear();
  }

  #forward(packet: Buffer, client: RemoteInfo): void {
    const way = this.#wayOf(client);
    if (way === undefined) {
      return;
    }
    way.lastUsed = performance.now();
    way.socket.send(packet, this.#target.targetPort, this.#target.address, () => undefined);
  }

  #wayOf(client: RemoteInfo): Way | undefined {
    const key = `${client.address}:${client.port}`;
    const known = this.#ways.get(key);
    if (known !== undefined || this.#ways.size >= maxWays) {
      return known;
    }
    const socket = createSocket("udp4");
    const way = { socket, lastUsed: 0 };
    this.#ways.set(key, way);
    socket.on("error", () => undefined);
    socket.on("message", (packet, { address, port }) => {
      // No other sender gets through.
      if (address === this.#target.address && port === this.#target.targetPort) {
        way.lastUsed = performance.now();
        this.#server.send(packet, client.port, client.address, () => undefined);
      }
    });
    return way;
  }

  #closeIdle(): void {
    const since = performance.now() - idleMs;
    for (const [key, { socket, lastUsed }] of this.#ways) {
      if (lastUsed < since) {
        socket.close();
        this.#ways.delete(key);
      }
    }
  }
}
