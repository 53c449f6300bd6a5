import { listenOnFreePort } from "@flawless-ts/test-helpers";
import { describe, expect, test } from "vitest";
import { TestApi } from "../../testing/test-api.ts";

const topic = "ab".repeat(32);

async function readUntil(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  wanted: string,
): Promise<string> {
  let text = "";
  while (!text.includes(wanted)) {
    const { value, done } = await reader.read();
    if (done) {
      break;
    }
    text += Buffer.from(value).toString();
  }
  return text;
}

describe.each(["/iroh", "/api/iroh"])("gossip under %s", (prefix) => {
  test("brings messages to subscribers as they are sent", async () => {
    await using api = new TestApi();
    const url = `http://127.0.0.1:${await listenOnFreePort(api.app)}`;
    const joined = await api.post(`${prefix}/gossip/join`, { topic_id: topic });
    const response = await fetch(`${url}${prefix}/gossip/subscribe/${topic}`);
    const reader = response.body?.getReader();
    if (reader === undefined) {
      throw new Error("there is no body");
    }
    await readUntil(reader, ": open");
    const sent = await api.post(`${prefix}/gossip/broadcast`, {
      topic_id: topic,
      message: "two\nlines",
    });

    expect(joined.json()).toEqual({ topic_id: topic });
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(response.headers.get("x-request-id")).toMatch(/^[a-z\d]{12,20}-\d+$/);
    expect(sent.json()).toEqual({ topic_id: topic, subscribers: 1 });
    expect(await readUntil(reader, "lines")).toBe("data: two\ndata: lines\n\n");
    await reader.cancel();
  });

  test("ends when the server closes", async () => {
    await using api = new TestApi();
    const url = `http://127.0.0.1:${await listenOnFreePort(api.app)}`;
    const response = await fetch(`${url}${prefix}/gossip/subscribe/${topic}`);
    await api.app.close();
    expect(await response.text()).toBe(": open\n\n");
  });

  test.each([
    ["join", {}, 422],
    ["join", { topic_id: "ab" }, 400],
    ["join", { topic_id: 5 }, 422],
    ["broadcast", { topic_id: topic }, 422],
    ["broadcast", { topic_id: "x", message: "m" }, 400],
    ["broadcast", { topic_id: topic, message: "x".repeat(65_537) }, 400],
  ])("refuses to %s %j", async (name, body, status) => {
    await using api = new TestApi();
    expect((await api.post(`${prefix}/gossip/${name}`, body)).statusCode).toBe(status);
  });

  test("refuses a topic that is none, in an ordinary answer", async () => {
    await using api = new TestApi();
    const reply = await api.get(`${prefix}/gossip/subscribe/xyz`);
    expect([reply.statusCode, reply.json()]).toEqual([
      400,
      { error: 'A topic_id has 64 hex digits, not "xyz".' },
    ]);
  });

  test("lets only so many listen", async () => {
    await using api = new TestApi({ limits: { eventStreams: 1 } });
    const url = `http://127.0.0.1:${await listenOnFreePort(api.app)}`;
    const first = await fetch(`${url}${prefix}/gossip/subscribe/${topic}`);
    const second = await fetch(`${url}${prefix}/gossip/subscribe/${topic}`);

    expect([first.status, second.status]).toEqual([200, 429]);
    await first.body?.cancel();
  });
});

describe.each(["/iroh", "/api/iroh"])("%s", (prefix) => {
  test("tells where the node is, and that it speaks HTTP", async () => {
    await using api = new TestApi();
    expect((await api.get(`${prefix}/info`)).json()).toEqual({
      endpoint_id: "node-1",
      addresses: ["http://node-1:3020"],
      transport: "http",
    });
  });

  test("says that it can't connect to others", async () => {
    await using api = new TestApi();
    const reply = await api.post(`${prefix}/connect`, { endpoint_addr: "somewhere" });
    expect([reply.statusCode, reply.headers["flawless-error-code"]]).toEqual([
      501,
      "NOT_SUPPORTED",
    ]);
    expect((await api.post(`${prefix}/connect`, {})).statusCode).toBe(422);
  });

  test("tells the node's ticket where it has one", async () => {
    const ticket = {
      ticket: "iroh+h3://endpointabc/",
      endpointId: "ab".repeat(32),
      addresses: ["127.0.0.1:3020"],
      drain: async () => undefined,
      close: async () => undefined,
    };
    await using api = new TestApi({ ticket });
    const info = {
      endpoint_id: ticket.endpointId,
      addresses: ticket.addresses,
      transport: "iroh",
      ticket: ticket.ticket,
    };
    expect((await api.get(`${prefix}/info`)).json()).toEqual(info);
    const reply = await api.post(`${prefix}/connect`, { endpoint_addr: "somewhere" });
    expect([reply.statusCode, reply.json()]).toEqual([200, info]);
  });
});
