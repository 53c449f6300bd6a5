import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";

const maxBytes = 1024 ** 3;
const timeoutMs = 10 * 60_000;

/**
 * Downloads a program while an image is built. It is stored only if its checksum is as expected.
 *
 * @param sha256 of the file, in hexadecimal
 * @throws Error with what was downloaded instead
 */
export async function download(url: string, sha256: string, target: string): Promise<void> {
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
  if (!response.ok || response.body === null) {
    throw new Error(`GET ${url} was answered with status ${response.status}.`);
  }
  const part = `${target}.part`;
  await mkdir(dirname(target), { recursive: true });
  try {
    const actual = await store(response.body, part);
    if (actual !== sha256) {
      throw new Error(
        `BINARY_REFUSED: ${url} was expected to have the sha256 ${sha256}, but has ${actual}.`,
      );
    }
    await rename(part, target);
  } finally {
    await rm(part, { force: true });
  }
}

async function store(body: AsyncIterable<Uint8Array>, path: string): Promise<string> {
  const hash = createHash("sha256");
  let bytes = 0;
  await pipeline(
    body,
    async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        bytes += chunk.length;
        if (bytes > maxBytes) {
          throw new Error(`More than ${maxBytes} bytes came: that is not the program.`);
        }
        hash.update(chunk);
        yield chunk;
      }
    },
    createWriteStream(path, { mode: 0o755 }),
  );
  return hash.digest("hex");
}
