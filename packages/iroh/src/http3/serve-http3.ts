import type { BiStream, Connection, RecvStream } from "@number0/iroh";
import { ByteReader, EndOfBytes } from "../streams/byte-reader.ts";
import { abortStream, readPiece, writeBytes } from "../streams/native-stream.ts";
import { encodeFrame, frameTypes, payload, readFrameStart, readVarint } from "./frames.ts";
import { http3Codes, Http3Error } from "./http3-error.ts";
import { serveRequest } from "./serve-request.ts";
import { encodeVarint } from "./varint.ts";
import type { SocketTaker } from "../sockets.ts";

/** Types of unidirectional streams. Source: RFC 9114, section 6.2; RFC 9204, section 4.2. */
const streamTypes = { control: 0x00, push: 0x01, encoder: 0x02, decoder: 0x03 } as const;
/** The max size of SETTINGS, and of skipped frames on a control stream. */
const maxControlFrameBytes = 16 * 1024;
/** The max that a peer may send on a control stream, or on one of QPACK's; they need little. */
const maxControlBytes = 1024 * 1024;

/**
 * Serves HTTP/3 over a connection until it ends: a control stream with empty SETTINGS, no dynamic table, no pushes, and
 * each request passed to an HTTP/1.1 server as if it had its own connection.
 *
 * @param peer the other side's endpoint id
 * @param admit returns a place for a request, or undefined if there is none; the place is released when the request
 * ends
 */
export async function serveHttp3(
  connection: Connection,
  peer: string,
  take: SocketTaker,
  admit: () => Disposable | undefined,
): Promise<void> {
  const fail = (error: unknown): void => closeWith(connection, error);
  // If it were garbage-collected, it would close, and the peer would end with H3_CLOSED_CRITICAL_STREAM.
  const control = await connection.openUni();
  try {
    const settings = encodeFrame(frameTypes.settings, Buffer.alloc(0));
    await writeBytes(control, Buffer.concat([encodeVarint(streamTypes.control), settings]));
    void acceptEach(
      () => connection.acceptUni(),
      (stream) => followUni(stream).catch(fail),
    );
    await acceptEach(
      () => connection.acceptBi(),
      (stream) => serveAdmitted(stream, peer, take, admit).catch(fail),
    );
  } finally {
    // Until here it must not be garbage-collected.
    await control.finish().catch(() => undefined);
  }
}

async function acceptEach<Stream>(
  accept: () => Promise<Stream>,
  handle: (stream: Stream) => Promise<void>,
): Promise<void> {
  for (;;) {
    let stream: Stream;
    try {
      stream = await accept();
    } catch {
      // The connection has ended.
      return;
    }
    void handle(stream);
  }
}

async function serveAdmitted(
  stream: BiStream,
  peer: string,
  take: SocketTaker,
  admit: () => Disposable | undefined,
): Promise<void> {
  using place = admit();
  if (place === undefined) {
    abortStream(stream, http3Codes.H3_EXCESSIVE_LOAD);
    return;
  }
  await serveRequest(stream, peer, take);
}

async function followUni(stream: RecvStream): Promise<void> {
  const reader = new ByteReader(() => readPiece(stream));
  let type: number;
  try {
    type = await readVarint(reader);
  } catch {
    // It ended before it sent its type, so nothing is lost.
    return;
  }
  switch (type) {
    case streamTypes.control:
      await followControl(reader);
      break;
    case streamTypes.encoder:
    case streamTypes.decoder:
      // Without a dynamic table there is nothing to process, but it must stay open.
      await skipAll(reader);
      break;
    case streamTypes.push:
      throw new Http3Error("H3_STREAM_CREATION_ERROR", "a client pushes");
    default:
      await stream.stop(http3Codes.H3_STREAM_CREATION_ERROR).catch(() => undefined);
  }
}

async function followControl(reader: ByteReader): Promise<void> {
  const first = await readFrameStart(reader);
  if (first?.type !== frameTypes.settings) {
    throw new Http3Error("H3_MISSING_SETTINGS", "a control stream does not begin with SETTINGS");
  }
  let bytes = 0;
  for (let frame: typeof first | null = first; frame !== null;) {
    bytes += frame.length + 2;
    if (frame.length > maxControlFrameBytes || bytes > maxControlBytes) {
      throw new Http3Error("H3_EXCESSIVE_LOAD", "a control stream has too much to say");
    }
    if (frame.type === frameTypes.data || frame.type === frameTypes.headers) {
      throw new Http3Error("H3_FRAME_UNEXPECTED", "a control stream has a request's frames");
    }
    for await (const _ of payload(reader, frame.length));
    frame = await readFrameStart(reader);
  }
  throw new Http3Error("H3_CLOSED_CRITICAL_STREAM", "a control stream was closed");
}

async function skipAll(reader: ByteReader): Promise<void> {
  for (let bytes = 0; ;) {
    try {
      bytes += (await reader.upTo(maxControlFrameBytes)).length;
    } catch (error) {
      if (!(error instanceof EndOfBytes)) return;
      throw new Http3Error("H3_CLOSED_CRITICAL_STREAM", "a stream of QPACK was closed");
    }
    if (bytes > maxControlBytes) {
      throw new Http3Error("H3_EXCESSIVE_LOAD", "a stream of QPACK has too much to say");
    }
  }
}

function closeWith(connection: Connection, error: unknown): void {
  if (connection.closeReason() !== null) return;
  const code = error instanceof Http3Error ? error.code : "H3_NO_ERROR";
  const reason = error instanceof Error ? error.message : "";
  connection.close(http3Codes[code], Array.from(Buffer.from(reason.slice(0, 200))));
}
