import { setImmediate } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { controlPlaneOf, firstForm, secondForm } from "../testing/control-plane-answers.ts";
import { FakeServer } from "../testing/fake-server.ts";

const topic = "0f".repeat(32);

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}

describe.each([
  ["first", firstForm, "/iroh"],
  ["second", secondForm, "/api/iroh"],
] as const)("%s form", (_form, routes, base) => {
  test("stores bytes, and retries failures", async () => {
    const route = `POST ${base}/blob/store`;
    await using server = await FakeServer.start({
      ...routes,
      [route]: ["hang up", { json: { hash: "abc" } }],
    });
    await using client = controlPlaneOf(server);
    expect(await client.blobs.store(new Uint8Array([0, 255]))).toBe("abc");
    expect(server.seen(route)).toMatchObject([
      { body: Buffer.from([0, 255]) },
      {
        body: Buffer.from([0, 255]),
        headers: { "content-type": "application/octet-stream", "content-length": "2" },
      },
    ]);
  });

  test("gets and streams bytes", async () => {
    await using server = await FakeServer.start({
      ...routes,
      [`GET ${base}/blob/abc`]: { chunks: ["one", "two"], after: "end" },
    });
    await using client = controlPlaneOf(server);
    expect(Buffer.from(await client.blobs.get("abc")).toString()).toBe("onetwo");
    expect(Buffer.concat(await collect(client.blobs.stream("abc"))).toString()).toBe("onetwo");
  });

  test("joins and sends", async () => {
    await using server = await FakeServer.start({
      ...routes,
      [`POST ${base}/gossip/join`]: ["hang up", { text: "" }],
      [`POST ${base}/gossip/broadcast`]: { text: "" },
    });
    await using client = controlPlaneOf(server);
    await client.gossip.join(topic);
    await client.gossip.broadcast(topic, "hello");
    expect(JSON.parse(server.requests.at(-1)?.body.toString() ?? "")).toEqual({
      topic_id: topic,
      message: "hello",
    });
  });

  test("listens until the server ends it", async () => {
    const chunks = [
      ": welcome\n\nid: 1\ndata: on",
      "e\n\nevent: late\ndata: a\ndata: b\n\ndata: cut",
    ];
    await using server = await FakeServer.start({
      ...routes,
      [`GET ${base}/gossip/subscribe/${topic}`]: {
        headers: { "content-type": "text/event-stream" },
        chunks,
        after: "end",
      },
    });
    await using client = controlPlaneOf(server);
    expect(await collect(client.gossip.subscribe(topic))).toEqual([
      { event: "message", data: "one", id: "1" },
      { event: "late", data: "a\nb", id: null },
    ]);
    expect(server.requests.at(-1)?.headers.accept).toBe("text/event-stream");
  });
});

describe("blobs", () => {
  test("a stream is sent once", async () => {
    const route = "POST /api/iroh/blob/store";
    await using server = await FakeServer.start({
      ...secondForm,
      [route]: [{ json: { hash: "abc" } }, { status: 503, text: "busy" }, { json: { hash: "no" } }],
    });
    await using client = controlPlaneOf(server);
    async function* bytes(): AsyncGenerator<Uint8Array> {
      yield Buffer.from("one");
      yield Buffer.from("two");
    }
    expect(await client.blobs.store(bytes())).toBe("abc");
    await expect(client.blobs.store(bytes())).rejects.toMatchObject({ status: 503 });
    expect(server.seen(route).map(({ body }) => body.toString())).toEqual(["onetwo", "onetwo"]);
  });

  test("that are unknown, too large or truncated", async () => {
    const [unknown, large, cut] = ["unknown", "large", "cut"].map(
      (hash) => `GET /api/iroh/blob/${hash}`,
    );
    await using server = await FakeServer.start({
      ...secondForm,
      [unknown ?? ""]: { status: 404, text: "no such blob" },
      [large ?? ""]: { text: "x".repeat(200) },
      [cut ?? ""]: "break off",
    });
    await using client = controlPlaneOf(server, { maxResponseBytes: 150 });
    await expect(client.blobs.get("unknown")).rejects.toMatchObject({
      code: "FLAWLESS_NOT_FOUND",
      message: /no such blob/,
    });
    await expect(client.blobs.get("large")).rejects.toMatchObject({
      code: "FLAWLESS_ANSWER_TOO_LARGE",
    });
    expect(Buffer.concat(await collect(client.blobs.stream("large")))).toHaveLength(200);
    await expect(collect(client.blobs.stream("cut"))).rejects.toMatchObject({
      code: "FLAWLESS_CONNECTION_FAILED",
    });
  });
});

describe("gossip", () => {
  const route = `GET /api/iroh/gossip/subscribe/${topic}`;

  test("can't be listened to at mvm-ci", async () => {
    await using server = await FakeServer.start({
      ...secondForm,
      [route]: { status: 501, text: "not implemented" },
    });
    await using client = controlPlaneOf(server);
    await expect(collect(client.gossip.subscribe(topic))).rejects.toMatchObject({
      code: "FLAWLESS_NOT_SUPPORTED_BY_SERVER",
      feature: "listening to gossip",
    });
  });

  test("reads letters that arrive in two pieces", async () => {
    const bytes = Buffer.from("data: grüße\n\n");
    const cut = bytes.indexOf("ü") + 1;
    await using server = await FakeServer.start({
      ...secondForm,
      [route]: { chunks: [bytes.subarray(0, cut), bytes.subarray(cut)], after: "end" },
    });
    await using client = controlPlaneOf(server);
    expect(await collect(client.gossip.subscribe(topic))).toMatchObject([{ data: "grüße" }]);
  });

  test("closes the connection when the loop is left", async () => {
    await using server = await FakeServer.start({
      ...secondForm,
      [route]: { chunks: ["data: one\n\n"], after: "stay open" },
    });
    await using client = controlPlaneOf(server);
    for await (const { data } of client.gossip.subscribe(topic)) {
      expect(data).toBe("one");
      break;
    }
    // The connection of the first request may stay open for the next.
    while ((await server.openConnections()) > 1) await setImmediate();
    expect(await server.openConnections()).toBeLessThanOrEqual(1);
  });

  test("ends on its signal, a broken connection, and too much text", async () => {
    await using server = await FakeServer.start({
      ...secondForm,
      [route]: [
        { chunks: ["data: one\n\n"], after: "stay open" },
        { chunks: ["data: one\n\n"], after: "break off" },
        { chunks: [`data: ${"x".repeat(500)}`], after: "stay open" },
      ],
    });
    await using client = controlPlaneOf(server, { maxResponseBytes: 300 });
    const controller = new AbortController();
    const listening = client.gossip.subscribe(topic, { signal: controller.signal });
    await listening.next();
    controller.abort();
    await expect(listening.next()).rejects.toMatchObject({ code: "FLAWLESS_ABORTED" });
    await expect(collect(client.gossip.subscribe(topic))).rejects.toMatchObject({
      code: "FLAWLESS_CONNECTION_FAILED",
    });
    await expect(collect(client.gossip.subscribe(topic))).rejects.toMatchObject({
      code: "FLAWLESS_ANSWER_TOO_LARGE",
    });
  });

  test.each(["", "0f", "zz".repeat(32)])("refuses the topic %j", async (wrong) => {
    await using client = controlPlaneOf({ url: "http://127.0.0.1:1" });
    const refused = { code: "FLAWLESS_INVALID_OPTION", option: "topicId" };
    await expect(client.gossip.join(wrong)).rejects.toMatchObject(refused);
    await expect(client.gossip.broadcast(wrong, "")).rejects.toMatchObject(refused);
    await expect(client.gossip.subscribe(wrong).next()).rejects.toMatchObject(refused);
  });
});
