import { once } from "node:events";
import { request as sendRequest, type ClientRequest, type IncomingMessage } from "node:http";
import { type Duplex, duplexPair } from "node:stream";
import { buffer } from "node:stream/consumers";
import type { BiStream } from "@number0/iroh";
import { ByteReader } from "../streams/byte-reader.ts";
import { abortStream, readPiece, writeBytes } from "../streams/native-stream.ts";
import type { SocketTaker } from "../sockets.ts";
import { encodeFrame, frameTypes, nextRequestFrame, payload } from "./frames.ts";
import { http3Codes, Http3Error } from "./http3-error.ts";
import { decodeFieldSection, encodeFieldSection, type HeaderField } from "./qpack.ts";
import { requestHeadOf } from "./request-head.ts";

/** The same limit as the servers' over HTTP/1.1. */
const maxHeaderBytes = 16 * 1024;
/** The max of unknown frames, which peers send so that servers must tolerate them. */
const maxSkippedBytes = 64 * 1024;
/** Responses are cut into DATA frames of this size, in bytes. */
const dataBytes = 64 * 1024;
/** Headers about the connection to the HTTP/1.1 server. */
const ownHeaders: ReadonlySet<string> = new Set(["connection", "keep-alive", "transfer-encoding"]);

/**
 * Serves one HTTP/3 request as an HTTP/1.1 request on its own connection, so that all of the server's limits and checks
 * apply.
 *
 * @throws Http3Error that ends the connection, not only this stream
 */
export async function serveRequest(
  stream: BiStream,
  peer: string,
  take: SocketTaker,
): Promise<void> {
  let socket: Duplex | undefined;
  try {
    const reader = new ByteReader(() => readPiece(stream.recv));
    const head = requestHeadOf(await readFields(reader));
    socket = openSocket(peer, take);
    const request = sendRequest({
      method: head.method,
      path: head.path,
      headers: head.headers.flatMap(([name, value]) => [name, value]),
      setHost: false,
      createConnection: () => socket as Duplex & never,
    });
    const answered = once(request, "response") as Promise<[IncomingMessage]>;
    const sent = sendBody(reader, request);
    // A server may respond before it has read the body, or abort. Then the rest of the body doesn't matter.
    const failed = sent.then(() => new Promise<never>(() => undefined));
    const [response] = await Promise.race([answered, failed]);
    sent.catch(() => undefined);
    await answer(stream, response);
    // Not awaited, because a pending read blocks it in the library.
    stream.recv.stop(http3Codes.H3_NO_ERROR).catch(() => undefined);
  } catch (error) {
    const code = error instanceof Http3Error ? error.code : "H3_REQUEST_CANCELLED";
    abortStream(stream, http3Codes[code]);
    if (error instanceof Http3Error && error.endsConnection) throw error;
  } finally {
    socket?.destroy();
  }
}

async function readFields(reader: ByteReader): Promise<readonly HeaderField[]> {
  const frame = await nextRequestFrame(reader, maxSkippedBytes);
  if (frame === null) throw new Http3Error("H3_REQUEST_INCOMPLETE", "a request has no headers");
  if (frame.type !== frameTypes.headers) {
    throw new Http3Error("H3_FRAME_UNEXPECTED", "a request begins with its body");
  }
  if (frame.length > maxHeaderBytes) {
    throw new Http3Error("H3_EXCESSIVE_LOAD", `headers are limited to ${maxHeaderBytes} bytes`);
  }
  return decodeFieldSection(await buffer(payload(reader, frame.length)), maxHeaderBytes);
}

async function sendBody(reader: ByteReader, request: ClientRequest): Promise<void> {
  for (;;) {
    const frame = await nextRequestFrame(reader, maxSkippedBytes);
    if (frame === null) break;
    // A second HEADERS frame is the trailer, and the last one. No route uses it.
    const isBody = frame.type === frameTypes.data;
    if (!isBody && frame.length > maxHeaderBytes) {
      throw new Http3Error("H3_EXCESSIVE_LOAD", `trailers are limited to ${maxHeaderBytes} bytes`);
    }
    for await (const part of payload(reader, frame.length)) {
      if (isBody && !request.write(part)) await drained(request);
    }
  }
  request.end();
}

/** @throws if the server has closed the connection */
async function drained(request: ClientRequest): Promise<void> {
  const closed = new AbortController();
  request.once("close", () => closed.abort(new Error("the server reads no more")));
  await once(request, "drain", { signal: closed.signal });
}

async function answer(stream: BiStream, response: IncomingMessage): Promise<void> {
  const headers: HeaderField[] = [[":status", String(response.statusCode)]];
  for (let index = 0; index < response.rawHeaders.length; index += 2) {
    const name = (response.rawHeaders[index] ?? "").toLowerCase();
    if (!ownHeaders.has(name)) headers.push([name, response.rawHeaders[index + 1] ?? ""]);
  }
  await writeBytes(stream.send, encodeFrame(frameTypes.headers, encodeFieldSection(headers)));
  for await (const chunk of response as AsyncIterable<Buffer>) {
    for (let start = 0; start < chunk.length; start += dataBytes) {
      const part = chunk.subarray(start, start + dataBytes);
      await writeBytes(stream.send, encodeFrame(frameTypes.data, part));
    }
  }
  await stream.send.finish();
}

function openSocket(peer: string, take: SocketTaker): Duplex {
  const [ours, theirs] = duplexPair();
  // Limits by address use the peer's endpoint id.
  Object.defineProperty(theirs, "remoteAddress", { value: peer });
  take(theirs);
  return ours;
}
