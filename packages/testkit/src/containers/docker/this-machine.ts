import { once } from "node:events";
import { createServer, isIP } from "node:net";

/**
 * Whether a Docker engine's host is this machine, so that its published ports can be bound to loopback. Testcontainers
 * returns the gateway of Docker's bridge if it believes that this machine is a container. That gateway is this
 * machine's own address if the engine runs on it, and another machine's if only the engine's socket was mounted.
 */
export async function isThisMachine(host: string): Promise<boolean> {
  if (host === "localhost") {
    return true;
  }
  return isIP(host) !== 0 && (await canListenOn(host));
}

/** The list of network interfaces isn't enough: it omits a bridge without containers. */
async function canListenOn(host: string): Promise<boolean> {
  const server = createServer().listen(0, host);
  try {
    await once(server, "listening");
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
