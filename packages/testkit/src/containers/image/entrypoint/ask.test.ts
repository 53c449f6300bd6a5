import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { ask, askUntilWell } from "./ask.ts";

const servers: Server[] = [];
afterEach(() => {
  servers.splice(0).forEach((server) => server.close());
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("a role that responds with 200 is healthy", async () => {
  const url = await serve((_request, response) => response.end('{"status":"ok"}'));
  expect(await ask({ url, token: null, elseUrl: null })).toBeNull();
});

test("a role's own description of a problem is reported", async () => {
  const url = await serve((_request, response) => {
    response.writeHead(503).end("waiting for Flawless");
  });
  expect(await ask({ url, token: null, elseUrl: null })).toMatch(/503.*waiting for Flawless/);
});

test("a service without a health route is asked for its version", async () => {
  const url = await serve((request, response) => {
    response.writeHead(request.url === "/version" ? 200 : 404).end();
  });
  const question = { url: `${url}/health`, token: null };
  expect(await ask({ ...question, elseUrl: `${url}/version` })).toBeNull();
  expect(await ask({ ...question, elseUrl: null })).toContain("404");
});

test("a token is sent; a worker that is offline is unhealthy", async () => {
  const url = await serve((request, response) => {
    const known = request.headers.authorization === "Bearer secret";
    response.writeHead(known ? 200 : 401).end('{"id":"w","status":"offline"}');
  });
  expect(await ask({ url, token: null, elseUrl: null })).toContain("401");
  expect(await ask({ url, token: "secret", elseUrl: null })).toContain("offline");
});

test("asks again until it is healthy, or the time is over", async () => {
  let asked = 0;
  const url = await serve((_request, response) => {
    asked += 1;
    response.writeHead(asked < 3 ? 503 : 200).end();
  });
  const question = { url, token: null, elseUrl: null };
  expect(await askUntilWell(question, 10_000)).toBeNull();
  expect(asked).toBe(3);
  expect(await askUntilWell({ ...question, url: "http://127.0.0.1:1/" }, 0)).toContain(
    "ECONNREFUSED",
  );
});
