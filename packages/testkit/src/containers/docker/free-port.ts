import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/** Below the ports that Linux, macOS and Windows assign to outgoing connections, because those come and go. */
const lowest = 20_000;
const above = 32_000;
const tries = 100;

/**
 * Finds a port that nothing listens on and that the system doesn't assign, so that a container can be stopped and
 * restarted on it.
 *
 * @param host where to listen; empty for all addresses
 */
export async function freePort(host: string, avoid: ReadonlySet<number>): Promise<number> {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const port = randomInt(lowest, above);
    if (!avoid.has(port) && (await isFree(host, port))) {
      return port;
    }
  }
  throw new Error(`No free port was found from ${lowest} to ${above - 1} after ${tries} tries.`);
}

function isFree(host: string, port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const server = createServer();
  server.once("error", () => resolve(false));
  server.listen({ port, ...(host === "" ? {} : { host }), exclusive: true }, () => {
    server.close(() => resolve(true));
  });
  return promise;
}
