import type * as nodeFs from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { nodeBuiltin } from "../internal/node-builtins.ts";

const chunkBytes = 256 * 1024;

/**
 * Reads a file by a user's path: a regular one, of limited size. FIFOs, sockets and devices are refused, because
 * reading them may block or never end.
 *
 * @param maxBytes larger files are refused
 * @throws Error of the file system; Error with a message for people if it is something else, too large, or the platform
 * has no files
 */
export async function readRegularFile(
  path: string,
  maxBytes: number,
  options: { readonly signal?: AbortSignal } = {},
): Promise<Buffer> {
  const { constants, promises } = nodeBuiltin<typeof nodeFs>("node:fs", "Reading a file");
  // Otherwise it would wait for someone to write to a FIFO. Windows has neither.
  const file = await promises.open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stats = await file.stat();
    // For a folder, the system reports that itself.
    if (!stats.isFile() && !stats.isDirectory()) {
      throw new Error(`${path} is not a regular file`);
    }
    return await readAtMost(file, path, maxBytes, options.signal);
  } finally {
    await file.close();
  }
}

/** The file system's size may be outdated, or 0, as in /proc. */
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
