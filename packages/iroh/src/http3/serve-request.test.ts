import { createServer, type RequestListener, type Server } from "node:http";
import { buffer, text } from "node:stream/consumers";
import { afterEach, expect, test } from "vitest";
import { socketsOf } from "../sockets.ts";
import { ByteReader } from "../streams/byte-reader.ts";
import { MemoryStream } from "../testing/memory-stream.ts";
import { encodeFrame, frameTypes, nextRequestFrame, payload } from "./frames.ts";
import { http3Codes, Http3Error } from "./http3-error.ts";
import { decodeFieldSection, encodeFieldSection, type HeaderField } from "./qpack.ts";
import { serveRequest } from "./serve-request.ts";
import { encodeVarint } from "./varint.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.closeAllConnections();
});

const requestFields = (...more: HeaderField[]): Buffer =>
  encodeFrame(
    frameTypes.headers,
    encodeFieldSection([
      [":method", "POST"],
      [":scheme", "https"],
      [":authority", "control-plane"],
      [":path", "/echo?a=1"],
      ...more,
    ]),
  );
const body = (value: string): Buffer => encodeFrame(frameTypes.data, Buffer.from(value));
/** Of a reserved type, which must be ignored: 31 * n + 33. Source: RFC 9114, section 7.2.8. */
const grease = encodeFrame(31 * 5 + 33, Buffer.from("anything"));

const echo: RequestListener = (request, response) => {
  void text(request).then((value) => {
    const seen = { method: request.method, url: request.url, headers: request.headers, value };
    response.setHeader("x-peer", request.socket.remoteAddress ?? "");
    response.end(JSON.stringify(seen));
  });
};

/** Serves the peer's bytes, and returns what it gets. */
async function exchange(
  sent: Buffer,
  { listener = echo, pieceBytes = 7, finish = true } = {},
): Promise<{ stream: MemoryStream; served: Promise<void>; answer: Promise<Buffer> }> {
  const server = createServer(listener);
  servers.push(server);
  const stream = new MemoryStream();
  const { peer } = stream;
  peer.send(sent, pieceBytes);
  if (finish) peer.finish();
  const served = serveRequest(stream.asBiStream, "peer-1", socketsOf(server));
  return { stream, served, answer: peer.readAll() };
}

async function readAnswer(bytes: Buffer): Promise<{ fields: Map<string, string>; body: string }> {
  let left: Buffer | null = bytes;
  const reader = new ByteReader(async () => {
    const piece = left;
    left = null;
    return piece;
  });
  const fields = new Map<string, string>();
  const parts: Buffer[] = [];
  for (;;) {
    const frame = await nextRequestFrame(reader, 0);
    if (frame === null) return { fields, body: Buffer.concat(parts).toString() };
    const content = await buffer(payload(reader, frame.length));
    if (frame.type === frameTypes.data) parts.push(content);
    else for (const [name, value] of decodeFieldSection(content, 16_384)) fields.set(name, value);
  }
}

test("a request in many small pieces, with reserved frames, gets a response", async () => {
  const sent = Buffer.concat([
    grease,
    requestFields(["content-type", "text/plain"], ["x-own", "1"]),
    grease,
    body("first "),
    grease,
    body("second"),
  ]);
  const { served, answer } = await exchange(sent);
  const { fields, body: text } = await readAnswer(await answer);
  await served;
  expect(fields.get(":status")).toBe("200");
  expect(fields.get("x-peer")).toBe("peer-1");
  expect(fields.has("connection")).toBe(false);
  expect(fields.has("transfer-encoding")).toBe(false);
  expect(JSON.parse(text)).toMatchObject({
    method: "POST",
    url: "/echo?a=1",
    headers: { "content-type": "text/plain", "x-own": "1", host: "localhost" },
    value: "first second",
  });
});

test("a trailer is read and dropped", async () => {
  const trailer = encodeFrame(frameTypes.headers, encodeFieldSection([["x-late", "1"]]));
  const { served, answer } = await exchange(Buffer.concat([requestFields(), body("all"), trailer]));
  const { body: text } = await readAnswer(await answer);
  await served;
  expect(JSON.parse(text)).toMatchObject({ value: "all" });
});

test("a response that is sent before the body was read reaches the peer", async () => {
  const listener: RequestListener = (_request, response) => {
    response.writeHead(413, { connection: "close" }).end("too large");
  };
  const { served, answer } = await exchange(Buffer.concat([requestFields(), body("never read")]), {
    listener,
    finish: false,
  });
  const { fields, body: text } = await readAnswer(await answer);
  await served;
  expect([fields.get(":status"), text]).toEqual(["413", "too large"]);
});

test.each([
  ["ends within its headers", requestFields().subarray(0, 9), "H3_REQUEST_INCOMPLETE"],
  [
    "ends within its body",
    Buffer.concat([requestFields(), body("cut").subarray(0, 3)]),
    "H3_REQUEST_INCOMPLETE",
  ],
  ["ends before its headers", grease, "H3_REQUEST_INCOMPLETE"],
  ["has a header twice that may be there once", requestFields([":path", "/"]), "H3_MESSAGE_ERROR"],
  ["has a header in capitals", requestFields(["X-Own", "1"]), "H3_MESSAGE_ERROR"],
  ["has a line end in a header", requestFields(["x-own", "1\r\nx-more: 2"]), "H3_MESSAGE_ERROR"],
  [
    "has a header of the connection",
    requestFields(["transfer-encoding", "chunked"]),
    "H3_MESSAGE_ERROR",
  ],
] as const)("a request that %s is reset alone", async (_what, sent, code) => {
  const { stream, served, answer } = await exchange(sent);
  await served;
  expect(stream.reset).toBe(http3Codes[code]);
  await expect(answer).rejects.toThrow("reset");
});

test.each([
  ["begins with its body", body("early"), "H3_FRAME_UNEXPECTED"],
  ["has SETTINGS", encodeFrame(frameTypes.settings, Buffer.alloc(0)), "H3_FRAME_UNEXPECTED"],
  [
    "says that its headers are longer than any",
    Buffer.concat([encodeVarint(1), encodeVarint(2 ** 40)]),
    "H3_EXCESSIVE_LOAD",
  ],
  [
    "is all frames of unknown types",
    Buffer.concat(Array.from({ length: 40_000 }, () => encodeFrame(64, Buffer.alloc(0)))),
    "H3_EXCESSIVE_LOAD",
  ],
  [
    "has headers that can't be read",
    encodeFrame(frameTypes.headers, Buffer.from("0000ff40", "hex")),
    "QPACK_DECOMPRESSION_FAILED",
  ],
] as const)("a request that %s ends the connection", async (_what, sent, code) => {
  const { served, answer } = await exchange(sent, { pieceBytes: sent.length });
  answer.catch(() => undefined);
  await expect(served).rejects.toThrow(expect.objectContaining({ code }));
});

test("for any bytes, a request gets a response, is reset, or ends the connection", async () => {
  let seed = 1;
  const random = (below: number): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  const whole = Buffer.concat([requestFields(["x-own", "1"]), body("some text"), grease]);
  for (let round = 0; round < 300; round += 1) {
    const sent = Buffer.from(whole);
    for (let change = 0; change <= random(4); change += 1) sent[random(sent.length)] = random(256);
    const { stream, served, answer } = await exchange(sent.subarray(0, 1 + random(sent.length)));
    const failure = await served.catch((error: unknown) => error);
    expect(failure === undefined || failure instanceof Http3Error).toBe(true);
    const [outcome] = await Promise.allSettled([answer.then(readAnswer)]);
    const wasReset = stream.reset !== undefined;
    expect(outcome).toMatchObject({ status: wasReset ? "rejected" : "fulfilled" });
  }
});
