import type { Duplex } from "node:stream";
import type { Connection, Endpoint, EndpointAddr } from "@number0/iroh";
import { http1Protocols, type TicketService } from "./alpn.ts";
import { bindEndpoint } from "./bind-endpoint.ts";
import { BiDuplex } from "./streams/bi-duplex.ts";
import { parseTicket } from "./ticket.ts";

/** How long an endpoint may take to be reached, in milliseconds. */
const connectMs = 10_000;

/** A connection of QUIC to a ticket's endpoint, which all streams to one service share. */
interface Shared {
  readonly connection: Promise<Connection>;
  streams: number;
}

/** By protocol and endpoint id. */
const shared = new Map<string, Shared>();
/** The endpoint of this process, as long as it is used. */
let own: { readonly endpoint: Promise<Endpoint>; users: number } | undefined;

/**
 * Opens a connection to a service that a ticket leads to, to be used as a TCP socket would: for HTTP/1.1. Connections to
 * the same endpoint share one of QUIC, which ends with the last of them; a broken one is made anew.
 *
 * @throws {InvalidOptionError} naming `ticket` where it is none.
 * @throws {Error} with code `ENOTFOUND` where the endpoint can't be reached, or does not offer the service.
 */
export async function connectByTicket(ticket: string, service: TicketService): Promise<Duplex> {
  const address = parseTicket(ticket);
  const peer = address.id().toString();
  const key = `${service} ${peer}`;
  for (let attempt = 1; ; attempt += 1) {
    const before = shared.get(key);
    const way = before ?? { connection: connect(address, service), streams: 0 };
    shared.set(key, way);
    way.streams += 1;
    try {
      const connection = await way.connection;
      const socket = new BiDuplex(await connection.openBi(), peer);
      socket.once("close", () => void leave(key, way));
      return socket;
    } catch (cause) {
      await leave(key, way);
      if (shared.get(key) === way) shared.delete(key);
      // One that others opened may have ended without anybody noticing.
      if (before === undefined || attempt > 1) throw unreachable(peer, service, cause);
    }
  }
}

async function leave(key: string, way: Shared): Promise<void> {
  way.streams -= 1;
  if (way.streams > 0) return;
  if (shared.get(key) === way) shared.delete(key);
  const connection = await way.connection.catch(() => undefined);
  if (connection === undefined) return;
  connection.close(0n, []);
  await releaseEndpoint();
}

async function connect(address: EndpointAddr, service: TicketService): Promise<Connection> {
  // No relay but those that the ticket names.
  own ??= { endpoint: bindClient(address.relayUrl()), users: 0 };
  const mine = own;
  mine.users += 1;
  const timeUp = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => timeUp.reject(new Error(`it did not answer within ${connectMs} ms`)),
    connectMs,
  );
  try {
    const endpoint = await mine.endpoint;
    const protocol = [...http1Protocols[service]];
    return await Promise.race([endpoint.connect(address, protocol), timeUp.promise]);
  } catch (error) {
    await releaseEndpoint();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function bindClient(relay: string | null): Promise<Endpoint> {
  const relays = relay === null ? [] : [relay];
  try {
    return await bindEndpoint({ bind: ["0.0.0.0:0", "[::]:0"], relays, protocols: [] });
  } catch {
    // A machine without IPv6.
    return await bindEndpoint({ bind: ["0.0.0.0:0"], relays, protocols: [] });
  }
}

/** Its sockets would keep the process alive. */
async function releaseEndpoint(): Promise<void> {
  const mine = own;
  if (mine === undefined) return;
  mine.users -= 1;
  if (mine.users > 0) return;
  own = undefined;
  const endpoint = await mine.endpoint.catch(() => undefined);
  await endpoint?.close();
}

function unreachable(peer: string, service: TicketService, cause: unknown): Error {
  const why = cause instanceof Error ? cause.message : String(cause);
  const error = new Error(
    `the ${service} behind the ticket of endpoint ${peer.slice(0, 10)} can't be reached: ${why}`,
    { cause },
  );
  // As where a name can't be found: nothing was sent, and another attempt may go better.
  return Object.assign(error, { code: "ENOTFOUND" });
}
