import { type ByteReader, EndOfBytes } from "../streams/byte-reader.ts";
import { Http3Error } from "./http3-error.ts";
import { decodeVarint, encodeVarint, varintLength } from "./varint.ts";

/** Types of frames. Source: RFC 9114, section 7.2. */
export const frameTypes = { data: 0x00, headers: 0x01, settings: 0x04 } as const;

/** Frames that are never allowed on a client's request stream, and those of HTTP/2. */
const misplaced: ReadonlySet<number> = new Set([
  0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0d,
]);

/** The start of a frame; its payload follows. */
export interface FrameStart {
  readonly type: number;
  readonly length: number;
}

export async function readVarint(reader: ByteReader): Promise<number> {
  const first = await reader.exactly(1);
  const rest = await reader.exactly(varintLength(first[0] ?? 0) - 1);
  return decodeVarint(Buffer.concat([first, rest]));
}

/** @returns null if the stream ends before it */
export async function readFrameStart(reader: ByteReader): Promise<FrameStart | null> {
  if (await reader.atEnd()) return null;
  try {
    return { type: await readVarint(reader), length: await readVarint(reader) };
  } catch (error) {
    throw incomplete(error);
  }
}

/**
 * The next HEADERS or DATA frame of a request. Frames of unknown types are skipped.
 *
 * @param maxSkippedBytes of such frames, in total
 * @throws Http3Error
 */
export async function nextRequestFrame(
  reader: ByteReader,
  maxSkippedBytes: number,
): Promise<FrameStart | null> {
  let skipped = 0;
  for (;;) {
    const frame = await readFrameStart(reader);
    if (frame === null || frame.type === frameTypes.data || frame.type === frameTypes.headers) {
      return frame;
    }
    if (misplaced.has(frame.type)) {
      throw new Http3Error("H3_FRAME_UNEXPECTED", `a request has a frame of type ${frame.type}`);
    }
    // Its type and length count, too; otherwise frames without a payload could continue forever.
    skipped += frame.length + 2;
    if (skipped > maxSkippedBytes) {
      throw new Http3Error("H3_EXCESSIVE_LOAD", "a request has too many frames of unknown types");
    }
    for await (const _ of payload(reader, frame.length));
  }
}

/**
 * Streams a frame's payload.
 * @throws Http3Error if the stream ends within it
 */
export async function* payload(
  reader: ByteReader,
  length: number,
): AsyncGenerator<Buffer, void, undefined> {
  for (let missing = length; missing > 0;) {
    const part = await reader.upTo(missing).catch((error: unknown) => {
      throw incomplete(error);
    });
    missing -= part.length;
    yield part;
  }
}

/** A frame as bytes. */
export function encodeFrame(type: number, bytes: Buffer): Buffer {
  return Buffer.concat([encodeVarint(type), encodeVarint(bytes.length), bytes]);
}

function incomplete(error: unknown): unknown {
  return error instanceof EndOfBytes
    ? new Http3Error("H3_REQUEST_INCOMPLETE", "a request ends in the middle of a frame")
    : error;
}
