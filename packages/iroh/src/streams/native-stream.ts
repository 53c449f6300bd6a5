import type { BiStream, RecvStream, SendStream } from "@number0/iroh";

/** How much is read at a time, in bytes. */
const readBytes = 64 * 1024;

/** Reads a stream piece by piece; null at its end. */
export async function readPiece(stream: RecvStream): Promise<Buffer | null> {
  const bytes = await stream.read(readBytes);
  return bytes.length === 0 ? null : Buffer.from(bytes);
}

/** The native library takes bytes as an array of numbers only. */
export async function writeBytes(stream: SendStream, bytes: Buffer): Promise<void> {
  await stream.writeAll(Array.from(bytes));
}

/**
 * Ends both directions, whatever is under way. Nobody can wait for it: the library does it only once a read or a write that
 * is under way ends, which it does when the peer is told of the other direction, or with the connection.
 */
export function abortStream(stream: BiStream, code: bigint): void {
  // Either may have ended already.
  void Promise.allSettled([stream.send.reset(code), stream.recv.stop(code)]);
}
