import type { FastifyInstance } from "fastify";
import type { Connections } from "./connections.ts";

/**
 * How long a connection may have been idle for a client to send a request on it, in milliseconds, with time for that to arrive.
 * Clients of this project send none on what was idle for half a second.
 */
const idleGraceMs = 1_000;

interface Farewell {
  readonly connections: Connections;
  readonly begin: () => void;
}

const farewells = new WeakMap<FastifyInstance, Farewell>();

/**
 * Lets an API part from its clients before it is closed.
 *
 * @param begin called first; every answer closes its connection from then on
 */
export function announceFarewells(
  api: FastifyInstance,
  connections: Connections,
  begin: () => void,
): void {
  farewells.set(api, { connections, begin });
}

/**
 * Parts from an API's clients, as it goes on to answer. An idle connection may be closed just when its client sends a request on it,
 * which must not be sent again if it is not harmless. So none is closed before either an answer has told its client, or it has
 * been idle for so long that no request comes any more.
 *
 * @param maxMs no longer than that, in milliseconds
 */
export async function sayFarewell(api: FastifyInstance, maxMs: number): Promise<void> {
  const farewell = farewells.get(api);
  farewell?.begin();
  farewell?.connections.part();
  await farewell?.connections.quiet(Math.min(idleGraceMs, maxMs));
}
