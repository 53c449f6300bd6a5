import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { connect, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import type { FastifyInstance } from "#libraries/fastify";
import { createService } from "./create-service.ts";
import { adaptHeaderTimeouts } from "./header-timeouts.ts";
import { defaultServiceLimits, resolveLimits } from "./service-limits.ts";
import { firstCertificate, listenOnFreePort } from "@flawless-ts/test-helpers";
import type { TlsFiles } from "./tls-identity.ts";

const requestStart = "GET / HTTP/1.1\r\nHost: localhost\r\n";
const requestRest = "Connection: close\r\n\r\n";

let app: FastifyInstance | undefined;
let plain: Server | undefined;
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) {
    socket.destroy();
  }
  await app?.close();
  app = undefined;
  plain?.closeAllConnections();
  plain?.close();
  plain = undefined;
});

/** A service with room for eight, so that three are a crowd. Its header timeout is far longer than a test. */
async function listen(tls?: TlsFiles): Promise<number> {
  const limits = resolveLimits({ headersTimeoutMs: 1, maxConnections: 8 }, defaultServiceLimits);
  app = createService({ limits, tls, relaxedFactor: 15_000, explain: () => undefined });
  app.get("/", async () => "here");
  return listenOnFreePort(app);
}

/** Begins a request that the server has read. */
async function slowClient(port: number, text = requestStart): Promise<Socket> {
  const socket = connect(port, "127.0.0.1").setEncoding("latin1");
  sockets.push(socket);
  socket.on("error", () => undefined);
  await once(socket, "connect");
  socket.write(text);
  return socket;
}

async function toldTo(socket: Socket): Promise<string> {
  let text = "";
  socket.on("data", (part: string) => (text += part));
  await once(socket, "close");
  return text;
}

/** Gives a service that checks for late clients every millisecond time to do so several times. */
async function someChecks(): Promise<void> {
  for (let round = 0; round < 20; round += 1) {
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

test("waits for a few clients with late headers", async () => {
  const port = await listen();
  const clients = [await slowClient(port), await slowClient(port)];
  await someChecks();
  const told = clients.map(toldTo);
  for (const client of clients) {
    client.write(requestRest);
  }
  for (const text of await Promise.all(told)) {
    expect(text).toMatch(/^HTTP\/1\.1 200 [^]*here$/);
  }
});

test("disconnects a whole crowd of them", async () => {
  const port = await listen();
  const clients = [await slowClient(port), await slowClient(port), await slowClient(port)];
  for (const text of await Promise.all(clients.map(toldTo))) {
    expect(text).toMatch(/^HTTP\/1\.1 408 [^]*REQUEST_TIMEOUT/);
  }
});

test("disconnects a crowd that doesn't begin its TLS handshake, but waits for a few", async () => {
  const port = await listen(firstCertificate);
  const clients = [await slowClient(port, ""), await slowClient(port, "")];
  await someChecks();
  expect(clients.map(({ closed }) => closed)).toEqual([false, false]);
  clients.push(await slowClient(port, ""));
  await Promise.all(clients.map((client) => once(client.resume(), "close")));
  expect(clients.map(({ bytesRead }) => bytesRead)).toEqual([0, 0, 0]);
});

test("clients that wait for a response don't count as part of the crowd; those that got one do", async () => {
  const answers: (() => void)[] = [];
  const arrived = Promise.withResolvers<void>();
  plain = createServer((_request, response) => {
    answers.push(() => response.end("done"));
    if (answers.length === 3) {
      arrived.resolve();
    }
  });
  plain.maxConnections = 8;
  let now = 0;
  adaptHeaderTimeouts(plain, {
    headersTimeoutMs: 10_000,
    requestTimeoutMs: 50_000,
    checkIntervalMs: 1_000,
    now: () => now,
  });
  plain.listen(0, "127.0.0.1");
  await once(plain, "listening");
  const { port } = plain.address() as { readonly port: number };
  const served: Socket[] = [];
  plain.on("connection", (socket: Socket) => served.push(socket));
  const clients: Socket[] = [];
  while (clients.length < 3) {
    clients.push(await slowClient(port, `${requestStart}\r\n`));
  }
  await arrived.promise;
  expect(plain.headersTimeout).toBe(50_000);

  const answered = clients.map((client) => once(client, "data"));
  for (const answer of answers) {
    answer();
  }
  await Promise.all(answered);
  expect(plain.headersTimeout).toBe(10_000);

  clients[0]?.destroy();
  await Promise.race(served.map((socket) => once(socket, "close")));
  // As long as a client in the crowd may take.
  now = 12_999;
  expect(plain.headersTimeout).toBe(10_000);
  now = 13_000;
  expect(plain.headersTimeout).toBe(50_000);
});
