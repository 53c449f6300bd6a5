import type * as nodeFs from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { nodeBuiltin } from "../internal/node-builtins.ts";

const chunkBytes = 256 * 1024;

/**
 * Reads a file that somebody named: a regular one, of a limited size. Of a FIFO, a socket or a device nothing is read, as one
 * may never give anything, or never end.
 *
 * @param maxBytes more is refused
 * @throws Error of the file system; Error with a message for people where it is something else, or too large, or where the
 * platform has no files
 */
export async function readRegularFile(
  path: string,
  maxBytes: number,
  options: { readonly signal?: AbortSignal } = {},
): Promise<Buffer> {
  const { constants, promises } = nodeBuiltin<typeof nodeFs>("node:fs", "Reading a file");
  // Else it would wait for someone to write to a FIFO. Windows has neither.
  const file = await promises.open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stats = await file.stat();
    // Of a folder the system says so itself.
    if (!stats.isFile() && !stats.isDirectory()) {
      throw new Error(`${path} is not a regular file`);
    }
    return await readAtMost(file, path, maxBytes, options.signal);
  } finally {
    await file.close();
  }
}

/** The size that the file system tells may be of a moment ago, or 0, as in /proc. */
async function readAtMost(
  file: FileHandle,
  path: string,
  maxBytes: number,
  signal: AbortSignal | undefined,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for (;;) {
    signal?.throwIfAborted();
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(chunkBytes));
    if (bytesRead === 0) {
      return Buffer.concat(chunks);
    }
    chunks.push(buffer.subarray(0, bytesRead));
    size += bytesRead;
    if (size > maxBytes) {
      throw new Error(`${path} has more than ${maxBytes} bytes, which is too much for what it is`);
    }
  }
}
