import { isIP } from "node:net";
import type { BiStream, Connection, Endpoint, EndpointAddr, Incoming } from "@number0/iroh";
import { InvalidOptionError } from "@flawless-ts/wasm-module";
import { http1Protocols, http3Protocol, type TicketService } from "./alpn.ts";
import { bindEndpoint } from "./bind-endpoint.ts";
import { endpointKey } from "./endpoint-key.ts";
import { native } from "./native.ts";
import { serveHttp3 } from "./http3/serve-http3.ts";
import type { SocketTaker } from "./sockets.ts";
import { BiDuplex } from "./streams/bi-duplex.ts";
import type { ByteReader } from "./streams/byte-reader.ts";
import { take } from "./streams/greeting.ts";
import { abortStream } from "./streams/native-stream.ts";
import { ticketOf } from "./ticket.ts";
import { within } from "./within.ts";

/** Options of {@link serveTicket}. */
export interface TicketServerOptions {
  /** The file of the endpoint's secret key; created if missing. The ticket stays the same while the key does. */
  readonly keyFile: string;
  /** UDP addresses with ports, such as `127.0.0.1:3020` or `[::1]:3020`. Default: a free port of `127.0.0.1`. */
  readonly bind?: readonly string[] | undefined;
  /**
   * Addresses with ports for the ticket, instead of those that the endpoint finds itself: of a router that forwards UDP
   * to it.
   */
  readonly advertise?: readonly string[] | undefined;
  /** URLs of iroh relays. Default: none, and nothing outside is contacted. */
  readonly relays?: readonly string[] | undefined;
  /**
   * Publishes the endpoint's addresses on the servers of n0, the makers of iroh, so that clients find it if it moves.
   * Default false: nothing outside is contacted.
   */
  readonly discovery?: boolean | undefined;
  /** The services behind the ticket. HTTP/3, which mvm-ci's workers use, leads to the control plane. */
  readonly services: Readonly<Partial<Record<TicketService, SocketTaker>>>;
  /** The max number of HTTP connections at a time, over all peers; more are refused. Default 500. */
  readonly maxStreams?: number | undefined;
  /** Called with errors of a peer. Default: none. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** The max of one peer at a time. */
const maxStreamsOfConnection = 1_000n;
/** HTTP/3 needs three: control, and two of QPACK; the others are for reserved streams. */
const maxUniStreamsOfConnection = 10n;
const maxConnections = 256;
const handshakeMs = 10_000;
const defaultMaxStreams = 500;
/** The code for no free place. Source: RFC 9114, H3_EXCESSIVE_LOAD. */
const excessiveLoad = 0x107n;

/**
 * Opens an endpoint that can be reached by its ticket. Clients are not authenticated here: that is up to the services,
 * which require the same tokens as over HTTP.
 *
 * @throws {InvalidOptionError} naming the option.
 */
export async function serveTicket(options: TicketServerOptions): Promise<TicketServer> {
  const { maxStreams = defaultMaxStreams } = options;
  if (!Number.isSafeInteger(maxStreams) || maxStreams < 1) {
    throw new InvalidOptionError(
      "maxStreams",
      `expected a whole number of at least 1, but got ${String(maxStreams)}.`,
    );
  }
  options.advertise?.forEach(assertAdvertisable);
  const services = Object.keys(options.services) as TicketService[];
  const endpoint = await bindEndpoint({
    secretKey: endpointKey(options.keyFile),
    bind: options.bind ?? ["127.0.0.1:0"],
    relays: options.relays ?? [],
    discovery: options.discovery ?? false,
    protocols: [
      ...services.map((service) => http1Protocols[service]),
      ...(options.services["control-plane"] === undefined ? [] : [http3Protocol]),
    ],
  });
  return new TicketServer(endpoint, { ...options, maxStreams });
}

/** A ticket has only addresses, no names. */
function assertAdvertisable(address: string): void {
  const [, host = "", port = ""] =
    /^(?:\[([0-9a-f:.]+)\]|([\d.]+)):(\d{1,5})$/i.exec(address)?.filter(Boolean) ?? [];
  if (isIP(host) === 0 || Number(port) < 1 || Number(port) > 65_535) {
    throw new InvalidOptionError(
      "iroh.advertise",
      `expected an IP address with a port, such as 203.0.113.7:3020, but got ${JSON.stringify(address)}.`,
    );
  }
}

/** A serving endpoint. */
export class TicketServer implements AsyncDisposable {
  readonly #endpoint: Endpoint;
  readonly #options: TicketServerOptions & { readonly maxStreams: number };
  readonly #accepting: Promise<void>;
  #connections = 0;
  #streams = 0;
  #draining: PromiseWithResolvers<void> | undefined;

  /** @internal */
  constructor(endpoint: Endpoint, options: TicketServerOptions & { readonly maxStreams: number }) {
    this.#endpoint = endpoint;
    this.#options = options;
    this.#accepting = this.#accept();
  }

  /** Lets its bearer reach the endpoint: `iroh+h3://endpoint...` and a slash. With relays it may change as they come and go. */
  get ticket(): string {
    return ticketOf(this.#address);
  }

  /** The endpoint's public key, as 64 hexadecimal digits. */
  get endpointId(): string {
    return this.#endpoint.id().toString();
  }

  /** The addresses where it can be reached directly, such as `127.0.0.1:3020`. */
  get addresses(): readonly string[] {
    return this.#address.directAddresses();
  }

  get #address(): EndpointAddr {
    const own = this.#endpoint.addr();
    const { advertise } = this.#options;
    if (advertise === undefined) return own;
    const { EndpointAddr: Address } = native();
    return new Address(own.id(), own.relayUrl(), [...advertise]);
  }

  /** Accepts no more streams, and waits for the open ones to end; the services must end them. */
  async drain(): Promise<void> {
    this.#draining ??= Promise.withResolvers();
    if (this.#streams === 0) this.#draining.resolve();
    await this.#draining.promise;
  }

  /** Ends all connections. End the services' pending work first. */
  async close(): Promise<void> {
    if (!this.#endpoint.isClosed()) await this.#endpoint.close();
    await this.#accepting;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #accept(): Promise<void> {
    for (;;) {
      const incoming = await this.#endpoint.acceptNext();
      if (incoming === null) return;
      if (this.#connections >= maxConnections || this.#draining !== undefined) {
        await incoming.refuse().catch(() => undefined);
        continue;
      }
      this.#connections += 1;
      void this.#serve(incoming)
        .catch((error: unknown) => this.#options.onError?.(error))
        .finally(() => (this.#connections -= 1));
    }
  }

  async #serve(incoming: Incoming): Promise<void> {
    const accepted = incoming.accept().then((accepting) => accepting.connect());
    const connection = await within(handshakeMs, accepted);
    connection.setMaxConcurrentBiStreams(maxStreamsOfConnection);
    connection.setMaxConcurrentUniStreams(maxUniStreamsOfConnection);
    const peer = connection.remoteId().toString();
    const protocol = Buffer.from(connection.alpn());
    const { services } = this.#options;
    for (const [service, take] of Object.entries(services) as [TicketService, SocketTaker][]) {
      if (protocol.equals(Buffer.from(http1Protocols[service]))) {
        await this.#serveHttp1(connection, peer, take);
        return;
      }
    }
    const controlPlane = services["control-plane"];
    if (controlPlane !== undefined && protocol.equals(Buffer.from(http3Protocol))) {
      await serveHttp3(connection, peer, controlPlane, () => this.#place());
    }
  }

  async #serveHttp1(connection: Connection, peer: string, taker: SocketTaker): Promise<void> {
    for (;;) {
      const stream = await connection.acceptBi().catch(() => undefined);
      if (stream === undefined) return;
      const place = this.#place();
      if (place === undefined) {
        abortStream(stream, excessiveLoad);
      } else {
        void this.#handOver(stream, peer, place, taker);
      }
    }
  }

  async #handOver(
    stream: BiStream,
    peer: string,
    place: Disposable,
    taker: SocketTaker,
  ): Promise<void> {
    let reader: ByteReader;
    try {
      reader = await take(stream, this.ticket, handshakeMs);
    } catch {
      place[Symbol.dispose]();
      abortStream(stream, excessiveLoad);
      return;
    }
    const socket = new BiDuplex(stream, reader, peer);
    socket.once("close", () => place[Symbol.dispose]());
    // Servers listen for errors only once they have the socket.
    socket.on("error", () => undefined);
    taker(socket);
  }

  #place(): Disposable | undefined {
    if (this.#streams >= this.#options.maxStreams || this.#draining !== undefined) return undefined;
    this.#streams += 1;
    return {
      [Symbol.dispose]: () => {
        this.#streams -= 1;
        if (this.#streams === 0) this.#draining?.resolve();
      },
    };
  }
}
