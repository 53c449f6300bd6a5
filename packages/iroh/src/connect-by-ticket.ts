import type { Duplex } from "node:stream";
import type { Connection, EndpointAddr } from "@number0/iroh";
import { http1Protocols, type TicketService } from "./alpn.ts";
import { borrowEndpoint } from "./client-endpoints.ts";
import { latestAddress, rememberAddress } from "./known-addresses.ts";
import { reasonOf } from "./native-failure.ts";
import { BiDuplex } from "./streams/bi-duplex.ts";
import { askFor } from "./streams/greeting.ts";
import { abortStream } from "./streams/native-stream.ts";
import { parseTicket } from "./ticket.ts";
import { watch } from "./watch.ts";
import { NoAnswer, within } from "./within.ts";

/** Three attempts of a client fit into a call's half a minute, so the error is the failure, not a timeout. */
const defaultTimeoutMs = 8_000;
/** The timeout for an endpoint that was reached before: QUIC notices a restart only after half a minute. */
const knownMs = 3_000;

/** Less would break connections to a server that is only busy. */
const watchTimes = { everyMs: 2_000, answerMs: 8_000 } as const;

/** Options of {@link connectByTicket}. */
export interface ConnectOptions {
  /** Also looks up the endpoint on the servers of n0, the makers of iroh; needed if it may move. Default false. */
  readonly discovery?: boolean | undefined;
  /** How long connecting to the endpoint may take, in milliseconds. Default 8,000. */
  readonly timeoutMs?: number | undefined;
}

/** A QUIC connection to a ticket's endpoint, which all streams to one service share. */
interface Shared {
  readonly connection: Promise<Connection>;
  readonly end: () => Promise<void>;
  /** Prevents further use of its endpoint, which has lost the peer. */
  readonly retire: () => Promise<void>;
  streams: number;
  /** While there are streams. */
  watching?: Disposable;
}

/** By protocol, endpoint id and discovery. */
const shared = new Map<string, Shared>();

/**
 * Opens a connection to a ticket's service, to use like a TCP socket for HTTP/1.1. Connections to the same endpoint
 * share a QUIC connection, which ends with the last of them; a broken one is replaced. If the endpoint has announced
 * addresses that are not in the ticket, they are tried as well.
 *
 * @throws {InvalidOptionError} naming `ticket` if it is invalid.
 * @throws {Error} with code `ECONNREFUSED` if the endpoint can't be reached, or doesn't offer the service.
 */
export async function connectByTicket(
  ticket: string,
  service: TicketService,
  options: ConnectOptions = {},
): Promise<Duplex> {
  const given = parseTicket(ticket);
  const peer = given.id().toString();
  const { discovery = false, timeoutMs = defaultTimeoutMs } = options;
  const key = `${service} ${peer} ${discovery}`;
  for (;;) {
    const before = shared.get(key);
    const way = before ?? open(latestAddress(given), service, discovery, timeoutMs);
    shared.set(key, way);
    way.streams += 1;
    try {
      const connection = await way.connection;
      const answerMs = before === undefined ? timeoutMs : Math.min(timeoutMs, knownMs);
      const socket = await openStream(connection, peer, answerMs, () => leave(key, way));
      way.watching ??= watch(
        () => ask(connection, peer),
        () => void giveUp(key, way),
        watchTimes,
      );
      return socket;
    } catch (cause) {
      const isDead = cause instanceof NoAnswer || (await isOver(way));
      if (!isDead || before === undefined) {
        leave(key, way);
        throw unreachable(peer, service, cause);
      }
      await giveUp(key, way);
    }
  }
}

/** All of its streams are dead, too. */
async function giveUp(key: string, way: Shared): Promise<void> {
  way.watching?.[Symbol.dispose]();
  if (shared.get(key) === way) shared.delete(key);
  await way.retire();
  void way.end();
}

/** Checks with a stream that ends before a request. */
async function ask(connection: Connection, peer: string): Promise<void> {
  const stream = await connection.openBi();
  // The watch times out first.
  const { reader } = await askFor(stream, 2 * watchTimes.answerMs);
  const socket = new BiDuplex(stream, reader, peer);
  socket.once("error", () => undefined);
  socket.resume();
  socket.end();
}

async function openStream(
  connection: Connection,
  peer: string,
  withinMs: number,
  leaveIt: () => void,
): Promise<Duplex> {
  // This waits while the endpoint's max number of streams is open.
  const stream = await connection.openBi();
  try {
    const { ticket, reader } = await askFor(stream, withinMs);
    rememberAddress(peer, ticket);
    const socket = new BiDuplex(stream, reader, peer);
    socket.once("close", leaveIt);
    return socket;
  } catch (error) {
    // Otherwise it would count as open until the connection ends.
    abortStream(stream, 0n);
    throw error;
  }
}

async function isOver(way: Shared): Promise<boolean> {
  const connection = await way.connection.catch(() => undefined);
  return connection === undefined || connection.closeReason() !== null;
}

function leave(key: string, way: Shared): void {
  way.streams -= 1;
  if (way.streams > 0) return;
  way.watching?.[Symbol.dispose]();
  if (shared.get(key) === way) shared.delete(key);
  // Not awaited, because closing an endpoint takes a while.
  void way.end();
}

function open(
  address: EndpointAddr,
  service: TicketService,
  discovery: boolean,
  timeoutMs: number,
): Shared {
  const borrowed = borrowEndpoint(address.relayUrl(), discovery);
  const connect = async (): Promise<Connection> => {
    const { endpoint } = await borrowed;
    return await within(timeoutMs, endpoint.connect(address, [...http1Protocols[service]]));
  };
  const connection = connect();
  const end = async (): Promise<void> => {
    const [connected, used] = await Promise.allSettled([connection, borrowed]);
    if (connected.status === "fulfilled") connected.value.close(0n, []);
    if (used.status === "fulfilled") await used.value.release();
  };
  const retire = async (): Promise<void> => (await borrowed).retire();
  return { connection, end, retire, streams: 0 };
}

function unreachable(peer: string, service: TicketService, cause: unknown): Error {
  const error = new Error(
    `the ${service} behind the ticket of endpoint ${peer.slice(0, 10)} can't be reached: ${reasonOf(cause)}`,
    { cause },
  );
  // As if nothing listens: nothing was sent, and a retry may succeed.
  return Object.assign(error, { code: "ECONNREFUSED", syscall: "connect" });
}
