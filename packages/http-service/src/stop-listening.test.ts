import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { Worker } from "node:worker_threads";
import { expect, onTestFinished, test } from "vitest";
import { stopListening } from "./stop-listening.ts";

const clients = 20;

/** Connects when it is told to, counts the connections, and posts what each client read, or why it couldn't. */
const connecting = `
  const { connect } = require("node:net");
  const { parentPort, workerData: { port, connected, clients } } = require("node:worker_threads");
  parentPort.once("message", async () => {
    const outcomes = Array.from({ length: clients }, () => new Promise((resolve) => {
      const socket = connect(port, "127.0.0.1", () => {
        Atomics.add(connected, 0, 1);
        Atomics.notify(connected, 0);
      });
      socket.on("data", (text) => resolve(String(text))).on("error", ({ code }) => resolve(code));
    }));
    parentPort.postMessage(await Promise.all(outcomes));
  });
  parentPort.postMessage("ready");
`;

async function listening(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

test("a server that stops listening first accepts everybody who has connected", async () => {
  const server = createServer((socket) => socket.end("welcome"));
  const port = await listening(server);
  const connected = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(connecting, { eval: true, workerData: { port, connected, clients } });
  onTestFinished(async () => void (await worker.terminate()));
  await once(worker, "message");
  worker.postMessage("go");
  // This thread accepts nobody meanwhile: the system has connected them.
  for (let count = 0; count < clients; count = Atomics.load(connected, 0)) {
    Atomics.wait(connected, 0, count, 10_000);
  }
  const closed = once(server, "close");
  await stopListening(server);

  const [outcomes] = (await once(worker, "message")) as [readonly string[]];
  expect(outcomes).toEqual(Array.from({ length: clients }, () => "welcome"));
  await closed;
  expect(server.listening).toBe(false);
});
