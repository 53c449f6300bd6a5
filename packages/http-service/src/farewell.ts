import type { FastifyInstance } from "#libraries/fastify";
import type { Connections } from "./connections.ts";

/**
 * How long after its last use a client may still send a request on a connection, in milliseconds, including its time to
 * arrive. Our own clients don't reuse connections that were idle for half a second.
 */
const idleGraceMs = 1_000;

interface Farewell {
  readonly connections: Connections;
  readonly begin: () => void;
}

const farewells = new WeakMap<FastifyInstance, Farewell>();

/**
 * Lets an API tell its clients before it closes.
 *
 * @param begin called first; from then on every response closes its connection
 */
export function announceFarewells(
  api: FastifyInstance,
  connections: Connections,
  begin: () => void,
): void {
  farewells.set(api, { connections, begin });
}

/**
 * Tells an API's clients while it still responds. Closing an idle connection might cross a request from its client, who can't
 * know whether it is safe to retry. So a connection is closed only after a response has announced it, or once it has been idle
 * for so long that no more requests will come.
 *
 * @param maxMs the max time to wait, in milliseconds
 */
export async function sayFarewell(api: FastifyInstance, maxMs: number): Promise<void> {
  const farewell = farewells.get(api);
  farewell?.begin();
  farewell?.connections.part();
  await farewell?.connections.quiet(Math.min(idleGraceMs, maxMs));
}
