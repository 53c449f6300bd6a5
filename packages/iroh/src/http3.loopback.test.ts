import type { RequestListener } from "node:http";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { encodeFrame, frameTypes } from "./http3/frames.ts";
import { encodeVarint } from "./http3/varint.ts";
import { Http3Peer } from "./testing/http3-peer.ts";
import { TestEndpoint } from "./testing/test-endpoint.ts";

const echo: RequestListener = (request, response) => {
  void text(request).then((body) => {
    response.setHeader("content-type", "application/json");
    const { method, url, headers } = request;
    response.end(JSON.stringify({ method, url, type: headers["content-type"], body }));
  });
};

test("requests like those of mvm-ci's worker get responses, each on its own connection", async () => {
  await using endpoint = await TestEndpoint.start(echo);
  await using peer = await Http3Peer.open(endpoint.server.ticket);
  const posted = await peer.request("POST", "/api/queue/claim", { worker_id: "w-1" });
  expect(posted.fields.get(":status")).toBe("200");
  expect(JSON.parse(posted.body)).toEqual({
    method: "POST",
    url: "/api/queue/claim",
    type: "application/json",
    body: '{"worker_id":"w-1"}',
  });
  const got = await peer.request("GET", "/version");
  expect(JSON.parse(got.body)).toMatchObject({ method: "GET", url: "/version", body: "" });
});

test.each([
  ["a control stream without SETTINGS", [0x00, 0x21, 0x00]],
  ["a control stream whose frame is longer than any", [0x00, 0x04, ...encodeVarint(2 ** 40)]],
  ["a push", [0x01, 0x00]],
])("%s ends the connection, and others continue", async (_what, bytes) => {
  await using endpoint = await TestEndpoint.start(echo);
  await using peer = await Http3Peer.open(endpoint.server.ticket);
  const { connection } = await peer.connect();
  const stream = await connection.openUni();
  await stream.writeAll(bytes);
  expect(await connection.closed()).toMatch(/closed by peer/);
  expect((await peer.request("GET", "/after")).fields.get(":status")).toBe("200");
});

test("a header bomb ends its connection, and others continue", async () => {
  await using endpoint = await TestEndpoint.start(echo);
  await using peer = await Http3Peer.open(endpoint.server.ticket);
  const { connection } = await peer.connect();
  const stream = await connection.openBi();
  const bomb = Buffer.concat([Buffer.from([0, 0]), Buffer.alloc(16_000, 0xc1)]);
  await stream.send.writeAll([...encodeFrame(frameTypes.headers, bomb)]);
  expect(await connection.closed()).toMatch(/closed by peer/);
  expect((await peer.request("GET", "/after")).fields.get(":status")).toBe("200");
});

test("random bytes on streams of all kinds don't affect the service", async () => {
  await using endpoint = await TestEndpoint.start(echo);
  await using peer = await Http3Peer.open(endpoint.server.ticket);
  let seed = 7;
  const random = (below: number): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  for (let round = 0; round < 40; round += 1) {
    const { connection } = await peer.connect();
    for (let count = random(4); count >= 0; count -= 1) {
      const bytes = Array.from({ length: 1 + random(200) }, () => random(256));
      // The connection may have been closed because of what was sent before.
      await connection
        .openBi()
        .then(async ({ send }) => {
          await send.writeAll(bytes);
          await send.finish();
        })
        .catch(() => undefined);
      const uni = connection.openUni().then((stream) => stream.writeAll(bytes));
      await uni.catch(() => undefined);
    }
    connection.close(0n, []);
  }
  expect((await peer.request("GET", "/after")).fields.get(":status")).toBe("200");
});
