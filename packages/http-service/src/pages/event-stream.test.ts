import { createServer, type ServerResponse } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { EventStream, type EventStreamLimits } from "./event-stream.ts";

/** Opens a stream, lets `work` write to it, and returns what arrives until it ends. */
async function streamed(
  limits: EventStreamLimits,
  work: (stream: EventStream) => void,
  read: boolean = true,
): Promise<string> {
  const opened = Promise.withResolvers<ServerResponse>();
  const server = createServer((_request, response) => opened.resolve(response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  let received = "";
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.on("error", () => undefined).setEncoding("utf8");
  if (read) {
    socket.on("data", (text: string) => (received += text));
  }
  socket.write("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  const stream = new EventStream(await opened.promise, limits);
  work(stream);
  await stream.closed;
  socket.resume();
  await closed;
  server.close();
  return received;
}

const limits: EventStreamLimits = { maxBufferBytes: 100_000, keepAliveMs: 60_000 };

describe("an event stream", () => {
  test("writes events in the standard format", async () => {
    const text = await streamed(limits, (stream) => {
      stream.send({ data: "one" });
      stream.send({ event: "job", data: "two\nlines\r\nand\rmore" });
      stream.end();
    });

    expect(text).toMatch(/content-type: text\/event-stream; charset=utf-8/i);
    expect(text).toMatch(/cache-control: no-store/i);
    expect(text).toContain("data: one\n\n");
    expect(text).toContain("event: job\ndata: two\ndata: lines\ndata: and\ndata: more\n\n");
  });

  test("drops a reader that can't keep up", async () => {
    let sent = 0;
    await streamed(
      limits,
      (stream) => {
        for (; sent < 10_000; sent += 1) {
          stream.send({ data: "x".repeat(10_000) });
        }
      },
      false,
    );
    // The stream ended although nobody called `end`, so the reader was dropped.
    expect(sent).toBe(10_000);
  });

  test("sends keep-alive comments", async () => {
    const text = await streamed({ ...limits, keepAliveMs: 5 }, (stream) => {
      setTimeout(() => stream.end(), 50);
    });
    expect(text).toContain(": alive\n\n");
  });
});
