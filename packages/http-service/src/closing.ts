import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyInstance } from "#libraries/fastify";
import { sayFarewell } from "./farewell.ts";
import { stopListening } from "./stop-listening.ts";
import type { ServedTicket } from "./tickets/iroh-package.ts";

/** How to close a service. */
export interface CloseOptions {
  /** How long requests under way may take, in milliseconds. Default 4,000. */
  readonly graceMs?: number | undefined;
}

/** The default of {@link CloseOptions}, in milliseconds. */
export const defaultGraceMs = 4_000;

/** How long sending the last responses may take, in milliseconds. */
const farewellMs = 1_000;

/** A service's threads don't keep the process alive, which would otherwise end in the middle of `work`. */
export async function stayingAlive<T>(work: () => Promise<T>): Promise<T> {
  const hold = setInterval(() => undefined, 60_000);
  try {
    return await work();
  } finally {
    clearInterval(hold);
  }
}

/**
 * Closes an API in order: it tells its clients, accepts no new requests, gives those under way `graceMs` milliseconds and
 * then a moment more, and finally cuts all connections.
 *
 * @param stopWork called after the grace period; may end what callers still wait for, so that they get a response
 * @param ticket a ticket endpoint of the same API, which is closed, too
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
  // Clients that have just connected haven't sent their requests yet.
  await stopListening(api.server);
  await sayFarewell(api, graceMs);
  await Promise.all([api.close(), ticket?.drain()]);
}

/** Waits until `work` settles, but no longer than this many milliseconds. */
async function settledWithin(work: Promise<unknown>, milliseconds: number): Promise<void> {
  const timer = new AbortController();
  const timeUp = sleep(milliseconds, undefined, { signal: timer.signal }).catch(() => undefined);
  await Promise.race([work, timeUp]);
  timer.abort();
}
