import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { buildModule } from "@flawless-ts/module-builder";
import { TestEnvironment } from "@flawless-ts/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { authorization } from "./handler.ts";
import { app as expressApp } from "./on-express.ts";
import { app as fastifyApp } from "./on-fastify.ts";
import { app as honoApp } from "./on-hono.ts";
import { server as nodeServer } from "./on-node-http.ts";

const { wasm } = await buildModule({ entry: new URL("orders-by-url.ts", import.meta.url) });

async function listening(server: Server): Promise<Server> {
  if (!server.listening)
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

const recipes: readonly (readonly [name: string, start: () => Promise<Server>])[] = [
  ["node:http", async () => await listening(nodeServer)],
  [
    "Fastify",
    async () => {
      await fastifyApp.listen({ port: 0, host: "127.0.0.1" });
      return fastifyApp.server;
    },
  ],
  ["Express", async () => await listening(createServer(expressApp))],
  [
    "Hono",
    async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const options = { fetch: honoApp.fetch, port: 0, hostname: "127.0.0.1" };
      const server = serve(options, () => resolve()) as Server;
      await promise;
      return server;
    },
  ],
];

describe.each(recipes)("activities behind a URL, with %s", (_name, start) => {
  let server: Server;
  let url: string;

  beforeAll(async () => {
    server = await start();
    const { port } = server.address() as AddressInfo;
    url = `http://127.0.0.1:${port}/activities`;
  });

  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  async function call(name: string, body: string, headers = { authorization }): Promise<Response> {
    return await fetch(`${url}/${name}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body,
    });
  }

  test("respond to a workflow", async () => {
    await using env = await TestEnvironment.create({ http: "network" });
    const module = await env.deploy(wasm);
    const input = { order: { id: "A7", amount: 20 }, url, authorization };
    expect(await module.execute("checkout", input)).toEqual({ receipt: "receipt of 20" });
  });

  test("keep all digits of numbers, and report thrown errors", async () => {
    const answer = await call("charge", '{"id":"A7","amount":900719925474099123}');
    expect(answer.status).toBe(500);
    expect(await answer.json()).toMatchObject({
      error: {
        name: "ApplicationFailure",
        message: "The card was declined.",
        details: { reason: "limit" },
        retryable: false,
      },
    });
    expect((await call("missing", "{}")).status).toBe(404);
    expect((await call("charge", "{")).status).toBe(400);
  });

  test("refuse requests without the token", async () => {
    expect((await call("charge", "{}", { authorization: "Bearer wrong" })).status).toBe(401);
  });
});
