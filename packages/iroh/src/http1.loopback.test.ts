import type { RequestListener } from "node:http";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { TestClient } from "./testing/test-client.ts";
import { TestEndpoint } from "./testing/test-endpoint.ts";

const echo: RequestListener = (request, response) => {
  void text(request).then((body) => {
    const { url, socket } = request;
    response.end(JSON.stringify({ url, body, peer: socket.remoteAddress }));
  });
};

test("requests reach the server over one kept-alive connection, with large bodies", async () => {
  let sockets = 0;
  await using endpoint = await TestEndpoint.start(echo);
  endpoint.http.on("connection", () => (sockets += 1));
  await using client = new TestClient(endpoint.server.ticket);
  expect(endpoint.server.ticket).toMatch(/^iroh\+h3:\/\/endpoint[a-z2-7]+\/$/);
  for (const path of ["/1", "/2", "/3", "/4", "/5"]) {
    expect(await client.json(path, "text")).toMatchObject({ url: path, body: "text" });
  }
  // The library opens a second one if the first is not quite done.
  expect(sockets).toBeLessThanOrEqual(2);
  const large = "large".repeat(200_000);
  expect(await client.json("/large", large)).toMatchObject({ body: large });
});

test("a peer is identified by its endpoint id", async () => {
  await using endpoint = await TestEndpoint.start(echo);
  await using client = new TestClient(endpoint.server.ticket);
  expect(await client.json("/")).toMatchObject({ peer: expect.stringMatching(/^[0-9a-f]{64}$/) });
});
