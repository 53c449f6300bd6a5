import type { BiStream, RecvStream, SendStream } from "@number0/iroh";

/** The number of bytes to read at a time. */
const readBytes = 64 * 1024;

/** Reads a stream piece by piece; null at its end. */
export async function readPiece(stream: RecvStream): Promise<Buffer | null> {
  const bytes = await stream.read(readBytes);
  return bytes.length === 0 ? null : Buffer.from(bytes);
}

/** The native library accepts bytes only as an array of numbers. */
export async function writeBytes(stream: SendStream, bytes: Buffer): Promise<void> {
  await stream.writeAll(Array.from(bytes));
}

/**
 * Ends both directions, whatever is pending. It can't be awaited: the library does it only once a pending read or write
 * ends, which happens when the peer learns of the other direction, or with the connection.
 */
export function abortStream(stream: BiStream, code: bigint): void {
  // Either may have ended already.
  void Promise.allSettled([stream.send.reset(code), stream.recv.stop(code)]);
}
