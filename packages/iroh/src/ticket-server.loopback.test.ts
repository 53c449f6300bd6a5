import type { RequestListener } from "node:http";
import { text } from "node:stream/consumers";
import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { expect, test } from "vitest";
import { connectByTicket } from "./connect-by-ticket.ts";
import { native } from "./native.ts";
import { startEndpoint } from "./testing/start-endpoint.ts";
import { TestClient } from "./testing/test-client.ts";
import { TestEndpoint } from "./testing/test-endpoint.ts";
import { parseTicket, ticketOf } from "./ticket.ts";

const echo: RequestListener = (request, response) => {
  void text(request).then((body) => {
    const { url, socket } = request;
    response.end(JSON.stringify({ url, body, peer: socket.remoteAddress }));
  });
};

test("a client continues with the same ticket after the endpoint was killed and restarted", async () => {
  using directory = new TemporaryDirectory();
  const endpoint = ["127.0.0.1:7001", "[::1]:7001"] as const;
  await using first = startEndpoint(directory.join("key"), ...endpoint);
  const ticket = await first.firstLine;
  await using client = new TestClient(ticket);
  expect(await client.json("/before")).toBe("/before");
  first.kill("SIGKILL");
  await first.end;
  await using second = startEndpoint(directory.join("key"), ...endpoint);
  expect(await second.firstLine).toBe(ticket);
  // Pending requests on a connection to the first one fail with an error, and a new one is opened immediately.
  await using other = new TestClient(ticket, { timeoutMs: 700 });
  expect(await other.json("/after")).toBe("/after");
});

test("a client continues if the endpoint's addresses differ from its ticket's", async () => {
  using directory = new TemporaryDirectory();
  await using first = startEndpoint(directory.join("key"), "127.0.0.1:7002", "[::1]:7003");
  const now = parseTicket(await first.firstLine);
  const { EndpointAddr } = native();
  const ticket = ticketOf(new EndpointAddr(now.id(), null, ["127.0.0.1:7002"]));
  await using client = new TestClient(ticket);
  expect(await client.json("/before")).toBe("/before");
  first.kill("SIGKILL");
  await first.end;
  await using second = startEndpoint(directory.join("key"), "[::1]:7003");
  await second.firstLine;
  await using other = new TestClient(ticket, { timeoutMs: 700 });
  expect(await other.json("/after")).toBe("/after");
});

test.each([
  ["of an endpoint that is away", "127.0.0.9:1", /reached: no answer came within 500 ms$/],
  ["with another endpoint's key", undefined, /reached: another endpoint answers at its addresses/],
])("a ticket %s is refused in words", async (_what, other, reason) => {
  await using endpoint = await TestEndpoint.start(echo);
  const { EndpointAddr, SecretKey } = native();
  const [address = ""] = endpoint.server.addresses;
  const id = SecretKey.generate().public();
  const wrong = ticketOf(new EndpointAddr(id, null, [other ?? address]));
  const refused = connectByTicket(wrong, "control-plane", {
    timeoutMs: other === undefined ? 20_000 : 500,
  });
  await expect(refused).rejects.toMatchObject({
    code: "ECONNREFUSED",
    message: expect.stringMatching(
      /^the control-plane behind the ticket of endpoint [^:]*reached: /,
    ),
  });
  await expect(refused).rejects.toThrow(reason);
  await expect(refused).rejects.not.toThrow(/backtrace|\.rs|Error::/i);
});

test("a ticket has advertised addresses instead of the endpoint's own, also with each connection", async () => {
  const advertise = ["203.0.113.7:3020", "[2001:db8::7]:3020"];
  await using endpoint = await TestEndpoint.start(echo, { advertise });
  const { ticket, addresses, endpointId } = endpoint.server;
  expect(addresses.toSorted()).toEqual(advertise.toSorted());
  const told = parseTicket(ticket);
  expect(told.id().toString()).toBe(endpointId);
  expect(told.directAddresses().toSorted()).toEqual(advertise.toSorted());
});

test.each(["203.0.113.7", "node:3020", "999.0.0.1:3020", "203.0.113.7:0", "[::1]:65536", "::1:1"])(
  "%s can't be advertised",
  async (address) => {
    await expect(TestEndpoint.start(echo, { advertise: [address] })).rejects.toMatchObject({
      code: "FLAWLESS_INVALID_OPTION",
      message: expect.stringMatching(/^Invalid `iroh\.advertise`: expected an IP address/),
    });
  },
);

test("a service that the endpoint doesn't offer can't be reached", async () => {
  await using endpoint = await TestEndpoint.start(echo);
  const refused = connectByTicket(endpoint.server.ticket, "flawless", { timeoutMs: 20_000 });
  await expect(refused).rejects.toMatchObject({
    code: "ECONNREFUSED",
    message: expect.stringMatching(/reached: the endpoint does not offer it$/),
  });
});

test("a thousand streams at once: those beyond the limit are refused, and the service continues", async () => {
  const held: (() => void)[] = [];
  await using endpoint = await TestEndpoint.start(
    (_request, response) => void held.push(() => response.end("done")),
    { maxStreams: 50 },
  );
  const { ticket } = endpoint.server;
  await using client = new TestClient(ticket);
  const asked = Array.from({ length: 1_000 }, () => client.text("/"));
  const settled = Promise.allSettled(asked);
  await expect.poll(() => held.length).toBe(50);
  const timer = setInterval(() => held.splice(0).forEach((end) => end()), 5);
  const outcomes = await settled;
  clearInterval(timer);
  const done = outcomes.filter((each) => each.status === "fulfilled");
  const refused = outcomes.filter((each) => each.status === "rejected");
  expect(done.length).toBeGreaterThanOrEqual(50);
  expect(done.length + refused.length).toBe(1_000);
  for (const { reason } of refused) expect(reason).toMatchObject({ code: "ECONNREFUSED" });
  const after = client.text("/");
  await expect.poll(() => held.length).toBeGreaterThan(0);
  held.splice(0).forEach((end) => end());
  expect(await after).toBe("done");
});

test("draining accepts nothing new, and waits for open streams", async () => {
  const held: (() => void)[] = [];
  await using endpoint = await TestEndpoint.start((_request, response) => {
    held.push(() => response.setHeader("connection", "close").end("whole"));
  });
  const { ticket } = endpoint.server;
  await using client = new TestClient(ticket);
  const answer = client.text("/");
  await expect.poll(() => held.length).toBe(1);
  let drained = false;
  const draining = endpoint.server.drain().then(() => (drained = true));
  await expect(
    connectByTicket(ticket, "control-plane", { timeoutMs: 5_000 }),
  ).rejects.toMatchObject({ code: "ECONNREFUSED" });
  expect(drained).toBe(false);
  held[0]?.();
  expect(await answer).toBe("whole");
  await draining;
});
