import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { expect, test } from "vitest";
import { Hop, parseHopWay } from "./hop.ts";

async function socketOnLoopback(resources: DisposableStack): Promise<Socket> {
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  resources.defer(() => socket.close());
  await once(socket, "listening");
  return socket;
}

async function textOf(socket: Socket): Promise<string> {
  const [packet] = (await once(socket, "message")) as [Buffer];
  return packet.toString();
}

test("packets go to the target, and responses back to the right client", async () => {
  using resources = new DisposableStack();
  const target = await socketOnLoopback(resources);
  target.on("message", (packet, { port }) => target.send(`re: ${packet.toString()}`, port));
  const way = { port: 0, address: "127.0.0.1", targetPort: target.address().port };
  const hop = resources.use(await Hop.listen(way));
  const one = await socketOnLoopback(resources);
  const other = await socketOnLoopback(resources);
  const answers = [textOf(one), textOf(other)];
  one.send("one", hop.port);
  other.send("other", hop.port);
  expect(await Promise.all(answers)).toEqual(["re: one", "re: other"]);
});

test("packets from anyone but the target don't get through", async () => {
  using resources = new DisposableStack();
  const target = await socketOnLoopback(resources);
  const stranger = await socketOnLoopback(resources);
  const way = { port: 0, address: "127.0.0.1", targetPort: target.address().port };
  const hop = resources.use(await Hop.listen(way));
  const client = await socketOnLoopback(resources);
  const asked = once(target, "message") as Promise<[Buffer, { readonly port: number }]>;
  client.send("hello", hop.port);
  const [, { port }] = await asked;
  const answer = textOf(client);
  // In this order, so the first packet to arrive shows which got through.
  await new Promise<void>((resolve) => stranger.send("from a stranger", port, () => resolve()));
  target.send("from the target", port);
  expect(await answer).toBe("from the target");
});

test("a route is PORT=ADDRESS:PORT", () => {
  expect(parseHopWay("3021=192.168.100.11:3020")).toEqual({
    port: 3021,
    address: "192.168.100.11",
    targetPort: 3020,
  });
  expect(() => parseHopWay("3021:192.168.100.11")).toThrow(/PORT=ADDRESS:PORT/);
});
