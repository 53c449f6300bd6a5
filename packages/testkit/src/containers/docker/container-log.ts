import type { DockerContainer } from "./engine.ts";

const headerBytes = 8;

/** A container's output so far, in order, standard error included. `tail`: only the last lines. */
export async function readLog(container: DockerContainer, tail?: number): Promise<string> {
  const raw = await container.logs({
    stdout: true,
    stderr: true,
    follow: false,
    ...(tail === undefined ? {} : { tail }),
  });
  return demultiplexed(raw);
}

/**
 * Extracts the text from Docker's stream of frames. Each has a header of 8 bytes; the last four are its length.
 */
export function demultiplexed(raw: Buffer): string {
  const parts: Buffer[] = [];
  let offset = 0;
  while (offset + headerBytes <= raw.length) {
    const start = offset + headerBytes;
    const length = raw.readUInt32BE(start - 4);
    parts.push(raw.subarray(start, start + length));
    offset = start + length;
  }
  return Buffer.concat(parts).toString("utf8");
}
