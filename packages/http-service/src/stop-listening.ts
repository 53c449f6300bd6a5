import { Server } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";

/** How long to wait for a turn of the event loop in which nobody connects, in milliseconds. */
const maxWaitMs = 1_000;

/**
 * Stops listening, but closes no connection.
 *
 * The system makes connections before the server accepts them, one in each turn of the event loop, and resets those that are
 * not accepted yet when it stops listening. Their clients couldn't know whether their requests were read, so it stops
 * after a turn in which nobody connects.
 */
export async function stopListening(server: Server): Promise<void> {
  const end = performance.now() + maxWaitMs;
  let isAccepting = true;
  const accepted = (): void => {
    isAccepting = true;
  };
  server.on("connection", accepted);
  // A turn that had begun may be over with this, without having looked for connections.
  await nextTurn();
  while (isAccepting && performance.now() < end) {
    isAccepting = false;
    await nextTurn();
  }
  server.off("connection", accepted);
  // `close` of HTTP servers would close idle connections, too.
  Server.prototype.close.call(server);
}
