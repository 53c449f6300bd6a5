import { open, stat } from "node:fs/promises";
import { Readable } from "node:stream";
import type { ContextEntry } from "./context-entry.ts";

// Written here, because the same files have to become the same bytes on every machine: no times, no owners.
const blockBytes = 512;
const chunkBytes = 1024 * 1024;
const nameBytes = 100;
const prefixBytes = 155;

/** Entries as a tar archive (POSIX ustar), made while it is read. */
export function tarStream(entries: readonly ContextEntry[]): Readable {
  return Readable.from(archive(entries), { objectMode: false });
}

async function* archive(entries: readonly ContextEntry[]): AsyncGenerator<Buffer> {
  for (const { path, mode, source } of entries) {
    if ("content" in source) {
      yield header(path, mode, source.content.length);
      yield source.content;
      yield padding(source.content.length);
    } else {
      const { size } = await stat(source.file);
      yield header(path, mode, size);
      yield* contentOf(source.file, size);
      yield padding(size);
    }
  }
  yield Buffer.alloc(2 * blockBytes);
}

async function* contentOf(path: string, size: number): AsyncGenerator<Buffer> {
  await using file = await open(path);
  let left = size;
  while (left > 0) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(Math.min(left, chunkBytes)));
    if (bytesRead === 0) {
      throw new Error(`${path} became shorter while it was read.`);
    }
    left -= bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

function padding(size: number): Buffer {
  return Buffer.alloc((blockBytes - (size % blockBytes)) % blockBytes);
}

function header(path: string, mode: number, size: number): Buffer {
  const block = Buffer.alloc(blockBytes);
  const { name, prefix } = splitName(path);
  const number = (value: number, length: number): string =>
    `${value.toString(8).padStart(length - 1, "0")}\0`;
  block.write(name, 0);
  block.write(number(mode, 8), 100);
  block.write(number(0, 8), 108);
  block.write(number(0, 8), 116);
  block.write(number(size, 12), 124);
  block.write(number(0, 12), 136);
  block.write(" ".repeat(8), 148);
  block.write(path.endsWith("/") ? "5" : "0", 156);
  block.write("ustar\x0000", 257);
  block.write(prefix, 345);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}

/** A long path is cut at a slash: up to 155 bytes before it, up to 100 after it. */
function splitName(path: string): { readonly name: string; readonly prefix: string } {
  if (Buffer.byteLength(path) <= nameBytes) {
    return { name: path, prefix: "" };
  }
  for (let cut = path.indexOf("/"); cut !== -1; cut = path.indexOf("/", cut + 1)) {
    const [prefix, name] = [path.slice(0, cut), path.slice(cut + 1)];
    if (
      name !== "" &&
      Buffer.byteLength(name) <= nameBytes &&
      Buffer.byteLength(prefix) <= prefixBytes
    ) {
      return { name, prefix };
    }
  }
  throw new Error(`The path ${path} is too long for a tar archive.`);
}
