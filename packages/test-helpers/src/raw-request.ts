import { connect } from "node:net";
import type { FastifyInstance } from "fastify";

/**
 * Sends `parts` unchanged over one connection, and only then starts to read; resolves with everything received until
 * the server closed the connection. What the server no longer accepts is dropped.
 */
export async function rawRequest(
  port: number,
  ...parts: readonly (string | Uint8Array)[]
): Promise<string> {
  const socket = connect({ port, host: "127.0.0.1" });
  socket.on("error", () => undefined);
  const closed = new Promise((resolve) => socket.once("close", resolve));
  for (const part of parts) {
    if (socket.writable && !socket.write(part)) {
      await Promise.race([new Promise((resolve) => socket.once("drain", resolve)), closed]);
    }
  }
  let received = "";
  socket.setEncoding("latin1");
  socket.on("data", (text: string) => (received += text));
  await closed;
  return received;
}

/** Makes `app` listen on a free port of the loopback interface, and returns the port. */
export async function listenOnFreePort(app: FastifyInstance): Promise<number> {
  return Number(new URL(await app.listen({ port: 0, host: "127.0.0.1" })).port);
}
