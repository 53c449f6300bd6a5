import { Server } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import { sayFarewell } from "./farewell.ts";
import type { ServedTicket } from "./tickets/iroh-package.ts";

/** How to close a service. */
export interface CloseOptions {
  /** For how long what is under way may go on, in milliseconds. Default 4,000. */
  readonly graceMs?: number | undefined;
}

/** The default of {@link CloseOptions}, in milliseconds. */
export const defaultGraceMs = 4_000;

/** For how long the answers to the last callers may take to be sent, in milliseconds. */
const farewellMs = 1_000;

/** A service's threads do not keep the process alive: it would end in the middle of `work`. */
export async function stayingAlive<T>(work: () => Promise<T>): Promise<T> {
  const hold = setInterval(() => undefined, 60_000);
  try {
    return await work();
  } finally {
    clearInterval(hold);
  }
}

/**
 * Closes an API in order: it parts from its clients and takes no new requests, those under way may finish for `graceMs` milliseconds and then for a
 * moment more, and at last all connections are cut.
 *
 * @param stopWork called after the grace: it may end what callers still wait for, so that they get an answer
 * @param ticket by which the API is reached as well; it is closed, too
 */
export async function closeApi(
  api: FastifyInstance,
  graceMs: number,
  stopWork?: () => Promise<void>,
  ticket: ServedTicket | null = null,
): Promise<void> {
  const closed = endRequests(api, graceMs, ticket);
  try {
    await settledWithin(closed, graceMs);
    await stopWork?.();
    await settledWithin(closed, farewellMs);
  } finally {
    api.server.closeAllConnections();
    await ticket?.close();
    await closed;
  }
}

async function endRequests(
  api: FastifyInstance,
  graceMs: number,
  ticket: ServedTicket | null,
): Promise<void> {
  await sayFarewell(api, graceMs);
  // Clients that have just connected have yet to send their requests.
  stopListening(api.server);
  await sayFarewell(api, graceMs);
  await Promise.all([api.close(), ticket?.drain()]);
}

/** As Node does it for servers of all kinds; that of HTTP would close idle connections as well. */
function stopListening(server: Server): void {
  Server.prototype.close.call(server);
}

/** Waits until `work` is settled, but no longer than so many milliseconds. */
async function settledWithin(work: Promise<unknown>, milliseconds: number): Promise<void> {
  const timer = new AbortController();
  const timeUp = sleep(milliseconds, undefined, { signal: timer.signal }).catch(() => undefined);
  await Promise.race([work, timeUp]);
  timer.abort();
}
