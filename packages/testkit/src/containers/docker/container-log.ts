import type { DockerContainer } from "./engine.ts";

const headerBytes = 8;

/** What a container has written so far, in order, standard error included. `tail`: the last lines only. */
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
 * Takes the text out of Docker's stream: frames with a header of 8 bytes each, the last four of which say how long the
 * frame is.
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
