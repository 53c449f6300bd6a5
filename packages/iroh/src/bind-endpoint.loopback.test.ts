import { once } from "node:events";
import { createSocket, type Socket } from "node:dgram";
import { expect, test } from "vitest";
import { bindEndpoint } from "./bind-endpoint.ts";

const quiet = { relays: [], discovery: false, protocols: [[1]] } as const;

/** Takes a free UDP port of 127.0.0.1. */
async function takenPort(): Promise<{ readonly socket: Socket; readonly port: number }> {
  const socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return { socket, port: socket.address().port };
}

test("an endpoint is bound to a port that is released a moment later", async () => {
  const { socket, port } = await takenPort();
  const bound = bindEndpoint({ ...quiet, bind: [`127.0.0.1:${port}`] });
  setTimeout(() => socket.close(), 100);
  const endpoint = await bound;

  expect(endpoint.boundSockets()).toContain(`127.0.0.1:${port}`);
  await endpoint.close();
});

test("an endpoint is not bound to a port that stays taken", async () => {
  const { socket, port } = await takenPort();

  await expect(bindEndpoint({ ...quiet, bind: [`127.0.0.1:${port}`] })).rejects.toMatchObject({
    option: "iroh.bind",
    message: expect.stringContaining("Address already in use"),
  });
  socket.close();
});
