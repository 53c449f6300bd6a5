import type { Server } from "node:http";
import type { Socket } from "node:net";
import { Connections } from "./connections.ts";

/** How much longer than its limit a client may take while there is room for many more. */
const relaxedFactor = 6;
/** The part of all connections that may be without a request before each of them has to keep to the limit. */
const crowd = 1 / 4;

/** Options of {@link adaptHeaderTimeouts}. */
export interface HeaderTimeoutOptions {
  /** How long a client may take with its headers, or its TLS handshake, in a crowd. In milliseconds. */
  readonly headersTimeoutMs: number;
  /** How long it may take in any case, in milliseconds. */
  readonly requestTimeoutMs: number;
  /** How often to look after clients, in milliseconds. */
  readonly checkIntervalMs: number;
  /** How many times longer a client may take where there is no crowd. Default 6. */
  readonly factor?: number | undefined;
  /** The time, in milliseconds, from anywhere. Default: a clock that nobody sets. */
  readonly now?: (() => number) | undefined;
}

/** How long a client may take at most, in milliseconds: without a crowd. */
export function relaxedTimeoutMs({
  headersTimeoutMs,
  requestTimeoutMs,
  factor = relaxedFactor,
}: Omit<HeaderTimeoutOptions, "checkIntervalMs">): number {
  return Math.min(headersTimeoutMs * factor, requestTimeoutMs);
}

/**
 * Lets the time that `server` gives its clients for headers and handshakes depend on how crowded it is. Clients are slow
 * because a machine is busy, too, and that is no attack as long as they leave room for others. They are a crowd where more
 * than a quarter of `server.maxConnections` are open without a request under way; each is held to the limit then.
 */
export function adaptHeaderTimeouts(
  server: Server,
  options: HeaderTimeoutOptions,
  connections: Connections = new Connections(server),
): void {
  const { headersTimeoutMs, checkIntervalMs, now = () => performance.now() } = options;
  const relaxedMs = relaxedTimeoutMs(options);
  let strictUntil = -Infinity;
  const isCrowded = (): boolean => {
    if (connections.idle > server.maxConnections * crowd) {
      // Long enough for all who are part of it to run into the limit, although timers are late on a busy machine: else the
      // last of them would be given more time.
      strictUntil = now() + headersTimeoutMs + 2 * checkIntervalMs + 1_000;
      return true;
    }
    return now() < strictUntil;
  };

  // Node reads it each time it looks for connections that are late.
  Object.defineProperty(server, "headersTimeout", {
    get: () => (isCrowded() ? headersTimeoutMs : relaxedMs),
  });
  limitHandshakes(server, isCrowded, now, options);
}

/** Node gives all handshakes the same time: in a crowd those that are late are ended here. */
function limitHandshakes(
  server: Server,
  isCrowded: () => boolean,
  now: () => number,
  { headersTimeoutMs, checkIntervalMs }: HeaderTimeoutOptions,
): void {
  if (server.listenerCount("secureConnection") === 0) {
    return;
  }
  const handshakes = new Map<string, { readonly socket: Socket; readonly since: number }>();
  // A TLS socket doesn't tell which one it is made of, but both have the same client.
  const clientOf = (socket: Socket): string => `${socket.remoteAddress} ${socket.remotePort}`;
  server.on("connection", (socket: Socket) => {
    const client = clientOf(socket);
    handshakes.set(client, { socket, since: now() });
    socket.once("close", () => handshakes.delete(client));
  });
  server.on("secureConnection", (socket: Socket) => handshakes.delete(clientOf(socket)));
  const timer = setInterval(() => {
    if (handshakes.size > 0 && isCrowded()) {
      for (const { socket, since } of handshakes.values()) {
        if (now() - since >= headersTimeoutMs) {
          socket.destroy();
        }
      }
    }
  }, checkIntervalMs).unref();
  server.once("close", () => clearInterval(timer));
}
