import type { Server } from "node:http";
import type { Duplex } from "node:stream";

/** Takes over a stream like a server takes a socket that a client opened. */
export type SocketTaker = (socket: Duplex) => void;

/**
 * Passes streams to an HTTP server as if clients had opened connections to it. They are already encrypted, so an HTTPS
 * server accepts them without another handshake.
 */
export function socketsOf(server: Server): SocketTaker {
  const event = server.listenerCount("secureConnection") > 0 ? "secureConnection" : "connection";
  return (socket) => server.emit(event, socket);
}
