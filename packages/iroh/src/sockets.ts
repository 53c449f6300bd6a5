import type { Server } from "node:http";
import type { Duplex } from "node:stream";

/** Takes a stream over as a server does a socket that a client opened. */
export type SocketTaker = (socket: Duplex) => void;

/**
 * Hands streams to an HTTP server as if clients had opened connections to it. They are encrypted already: a server for
 * HTTPS takes them without another handshake.
 */
export function socketsOf(server: Server): SocketTaker {
  const event = server.listenerCount("secureConnection") > 0 ? "secureConnection" : "connection";
  return (socket) => server.emit(event, socket);
}
