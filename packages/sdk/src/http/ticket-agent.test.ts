import { once } from "node:events";
import { PassThrough } from "node:stream";
import { createServer, type Server } from "node:http";
import { connect } from "node:net";
import { afterEach, expect, test } from "vitest";
import { Agent, request } from "undici";
import type { LoadPackage } from "./load-package.ts";
import { type IrohPackage, TicketAgent } from "./ticket-agent.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const agentOf = (load: LoadPackage): TicketAgent =>
  new TicketAgent({
    ticket: "iroh+h3://endpointabc/",
    service: "flawless",
    discovery: true,
    Agent,
    load,
  });

test("requests use the connection that the package opens for the ticket", async () => {
  const server = createServer((incoming, response) => response.end(incoming.headers.host));
  servers.push(server);
  const { port } = await new Promise<{ port: number }>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve(server.address() as { port: number }));
  });
  const opened: unknown[] = [];
  const iroh: IrohPackage = {
    connectByTicket: async (...parameters) => {
      opened.push(parameters);
      return connect(port, "127.0.0.1");
    },
  };
  const agent = agentOf(async () => iroh);
  const answer = await request("http://localhost/x", { dispatcher: agent.dispatcher });
  expect(await answer.body.text()).toBe("localhost");
  expect(opened).toEqual([["iroh+h3://endpointabc/", "flawless", { discovery: true }]]);
  await agent.destroy();
});

test("if the package is missing, the error names it", async () => {
  const agent = agentOf((name) => Promise.reject(new Error(`Cannot find package '${name}'`)));
  await expect(
    request("http://localhost/x", { dispatcher: agent.dispatcher }),
  ).rejects.toMatchObject({
    code: "FLAWLESS_INVALID_OPTION",
    message: expect.stringContaining("npm install @flawless-ts/iroh"),
  });
  await agent.destroy();
});

test("closing doesn't wait for a connection that is being opened, and closes it once it is open", async () => {
  const opening = Promise.withResolvers<PassThrough>();
  const asked = Promise.withResolvers<void>();
  const iroh: IrohPackage = {
    connectByTicket: () => {
      asked.resolve();
      return opening.promise;
    },
  };
  const agent = agentOf(async () => iroh);
  const answer = request("http://localhost/x", { dispatcher: agent.dispatcher });
  answer.catch(() => undefined);
  await asked.promise;
  await agent.destroy();
  await expect(answer).rejects.toThrow();
  const late = new PassThrough();
  opening.resolve(late);
  await once(late, "close");
  expect(late.destroyed).toBe(true);
});
