import type { Server } from "node:http";
import type { Socket } from "node:net";
import { Connections } from "./connections.ts";

/** The factor by which a client may exceed its limit while there is room for many more. */
const relaxedFactor = 6;
/** The share of connections that may be without a request before the limit applies strictly. */
const crowd = 1 / 4;

/** Options of {@link adaptHeaderTimeouts}. */
export interface HeaderTimeoutOptions {
  /** How long a client in a crowd may take to send its headers or finish its TLS handshake, in milliseconds. */
  readonly headersTimeoutMs: number;
  /** The max time in any case, in milliseconds. */
  readonly requestTimeoutMs: number;
  /** How often to check clients, in milliseconds. */
  readonly checkIntervalMs: number;
  /** The factor by which a client may exceed the limit if there is no crowd. Default 6. */
  readonly factor?: number | undefined;
  /** The time, in milliseconds, from any origin. Default: a monotonic clock. */
  readonly now?: (() => number) | undefined;
}

/** The max time a client may take, in milliseconds, if there is no crowd. */
export function relaxedTimeoutMs({
  headersTimeoutMs,
  requestTimeoutMs,
  factor = relaxedFactor,
}: Omit<HeaderTimeoutOptions, "checkIntervalMs">): number {
  return Math.min(headersTimeoutMs * factor, requestTimeoutMs);
}

/**
 * Adapts the time that `server` gives its clients for headers and handshakes to how crowded it is. Clients may be slow simply
 * because a machine is busy, which is harmless as long as they leave room for others. If more than a quarter of
 * `server.maxConnections` are open without a request under way, they are a crowd, and the limit applies strictly.
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

  // Node reads it each time it checks for late connections.
  Object.defineProperty(server, "headersTimeout", {
    get: () => (isCrowded() ? headersTimeoutMs : relaxedMs),
  });
  limitHandshakes(server, isCrowded, now, options);
}

/** Node has one timeout for all handshakes. In a crowd, late ones are ended here. */
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
  // A TLS socket doesn't reveal its underlying socket, but both have the same client address.
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
