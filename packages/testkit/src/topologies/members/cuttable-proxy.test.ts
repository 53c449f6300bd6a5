import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { CuttableProxy } from "./cuttable-proxy.ts";

/** An echo server, a proxy in front of it, and a connection through the proxy. */
async function connectThrough(): Promise<{ proxy: CuttableProxy; open: () => Promise<Socket> }> {
  const server = createServer((socket) => socket.pipe(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const spare = createServer().listen(0, "127.0.0.1");
  await once(spare, "listening");
  const { port } = spare.address() as AddressInfo;
  spare.close();
  await once(spare, "close");
  const proxy = await CuttableProxy.start(port, (server.address() as AddressInfo).port);
  onTestFinished(async () => await proxy[Symbol.asyncDispose]());
  const open = async (): Promise<Socket> => {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    return socket;
  };
  return { proxy, open };
}

async function heard(socket: Socket): Promise<string> {
  const [bytes] = (await once(socket, "data")) as [Buffer];
  return bytes.toString();
}

test("what is sent while it is cut arrives once it is restored, on old and new connections", async () => {
  const { proxy, open } = await connectThrough();
  const old = await open();
  old.write("one");
  expect(await heard(old)).toBe("one");
  proxy.cut();
  old.write("two");
  const fresh = await open();
  fresh.write("three");
  const early: string[] = [];
  old.on("data", (bytes: Buffer) => void early.push(bytes.toString()));
  // A connection that is not cut would have responded by now.
  const { open: openOther } = await connectThrough();
  const other = await openOther();
  other.write("four");
  expect(await heard(other)).toBe("four");
  expect(early).toEqual([]);

  const waiting = [heard(old), heard(fresh)];
  proxy.restore();
  expect(await Promise.all(waiting)).toEqual(["two", "three"]);
});

test("closing it closes its connections", async () => {
  const { proxy, open } = await connectThrough();
  const socket = await open();
  const closed = once(socket, "close");
  await proxy[Symbol.asyncDispose]();
  expect(await closed).toEqual([false]);
});
