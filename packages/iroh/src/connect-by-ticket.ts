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

/** Three tries, as clients make them, fit into the half a minute that a call has: what failed is told, not that the time is up. */
const defaultTimeoutMs = 8_000;
/** How long one may take that was reached before: QUIC notices only after half a minute that it was started again. */
const knownMs = 3_000;

/** Less would end what waits for a server that is only busy. */
const watchTimes = { everyMs: 2_000, answerMs: 8_000 } as const;

/** Options of {@link connectByTicket}. */
export interface ConnectOptions {
  /** Looks for the endpoint at the servers of n0, iroh's makers, too, as is needed where it may move. Default false. */
  readonly discovery?: boolean | undefined;
  /** How long the endpoint may take to be reached, in milliseconds. Default 8,000. */
  readonly timeoutMs?: number | undefined;
}

/** A connection of QUIC to a ticket's endpoint, which all streams to one service share. */
interface Shared {
  readonly connection: Promise<Connection>;
  readonly end: () => Promise<void>;
  /** Keeps others from its endpoint, which has lost sight of the peer. */
  readonly retire: () => Promise<void>;
  streams: number;
  /** As long as there are streams. */
  watching?: Disposable;
}

/** By protocol, endpoint id and discovery. */
const shared = new Map<string, Shared>();

/**
 * Opens a connection to a service that a ticket leads to, to be used as a TCP socket would: for HTTP/1.1. Connections to
 * the same endpoint share one of QUIC, which ends with the last of them; a broken one is made anew. Where the endpoint has
 * told of other addresses than the ticket has, they are tried as well.
 *
 * @throws {InvalidOptionError} naming `ticket` where it is none.
 * @throws {Error} with code `ECONNREFUSED` where the endpoint can't be reached, or does not offer the service.
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

/** All of its streams are as dead. */
async function giveUp(key: string, way: Shared): Promise<void> {
  way.watching?.[Symbol.dispose]();
  if (shared.get(key) === way) shared.delete(key);
  await way.retire();
  void way.end();
}

/** By a stream that ends before there is a request on it. */
async function ask(connection: Connection, peer: string): Promise<void> {
  const stream = await connection.openBi();
  // It is the watch that gives up first.
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
  // This waits while as many streams are open as the endpoint allows.
  const stream = await connection.openBi();
  try {
    const { ticket, reader } = await askFor(stream, withinMs);
    rememberAddress(peer, ticket);
    const socket = new BiDuplex(stream, reader, peer);
    socket.once("close", leaveIt);
    return socket;
  } catch (error) {
    // Else it would count among the open ones for as long as the connection lasts.
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
  // Nobody waits for it: an endpoint takes its time to close.
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
  // As where nothing listens: nothing was sent, and another attempt may go better.
  return Object.assign(error, { code: "ECONNREFUSED", syscall: "connect" });
}
