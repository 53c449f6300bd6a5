import { once } from "node:events";
import { createServer, isIP } from "node:net";

/**
 * Whether a Docker engine's host is this machine, so that its published ports can be bound to loopback. Testcontainers
 * names the gateway of Docker's bridge where it takes this machine for a container: that gateway is an address of this
 * machine's own where the engine runs beside us, and of another one where only its socket was handed in.
 */
export async function isThisMachine(host: string): Promise<boolean> {
  if (host === "localhost") {
    return true;
  }
  return isIP(host) !== 0 && (await canListenOn(host));
}

/** The list of network interfaces would not do: it leaves out a bridge that no container is on. */
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
