import { once } from "node:events";
import { Agent, createServer, get, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { onTestFinished, expect, test } from "vitest";
import { Connections } from "./connections.ts";

/** A server with one kept-alive connection, and a clock that the test sets. */
async function listen(): Promise<{
  readonly server: Server;
  readonly agent: Agent;
  readonly clock: { now: number };
  readonly connections: Connections;
  ask(path: string): Promise<string>;
}> {
  const server = createServer((request, response) => response.end(request.url));
  const clock = { now: 0 };
  const connections = new Connections(server, () => clock.now);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => {
    agent.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const ask = async (path: string): Promise<string> => {
    // The server notices slightly later than the client that a response is complete.
    const isSent = new Promise<void>((resolve) => {
      server.once("request", (_request, response) => response.once("close", resolve));
    });
    const request = get({ port, path, agent });
    const [response] = (await once(request, "response")) as [IncomingMessage];
    const body = await text(response);
    await isSent;
    return body;
  };
  return { server, agent, clock, connections, ask };
}

test("waits for a recently used connection until its client leaves", async () => {
  const { agent, connections, ask } = await listen();
  expect(await ask("/1")).toBe("/1");
  expect(connections.idle).toBe(1);
  const order: string[] = [];
  const quiet = connections.quiet(1_000).then(() => order.push("quiet"));
  // It still serves requests.
  order.push(await ask("/2"));
  agent.destroy();
  await quiet;
  expect(order).toEqual(["/2", "quiet"]);
});

test("doesn't wait for a connection that has long been idle", async () => {
  const { clock, connections, ask } = await listen();
  await ask("/1");
  clock.now = 1_000;
  await connections.quiet(1_000);
  expect(connections.idle).toBe(1);
});

test("doesn't wait for a connection with a request under way, which is not idle", async () => {
  const { server, connections, ask } = await listen();
  server.removeAllListeners("request");
  const again = new Connections(server, () => 0);
  const held = Promise.withResolvers<() => void>();
  server.on("request", (_request, response) => held.resolve(() => response.end("late")));
  const answer = ask("/1");
  const end = await held.promise;
  expect(again.idle).toBe(0);
  await again.quiet(1_000);
  end();
  expect(await answer).toBe("late");
  expect(connections.idle).toBe(1);
});

test("stops waiting at its limit", async () => {
  const { clock, connections, ask } = await listen();
  await ask("/1");
  const quiet = connections.quiet(1_000);
  clock.now = 2_000;
  // Used again, so it counts as recent again.
  await ask("/2");
  await quiet;
  expect(connections.idle).toBe(1);
});
