/** A piece of memory that is not all zeros. */
export interface DataSegment {
  /** Address in bytes. */
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** A segment costs a few bytes itself, so shorter runs of zeros stay within one. */
const minGapBytes = 16;
const wordBytes = 4;

/** Finds what must be written into fresh memory, which is all zeros, to get this content. */
export function dataSegments(memory: Uint8Array<ArrayBuffer>): DataSegment[] {
  const words = new Uint32Array(memory.buffer, memory.byteOffset, memory.length / wordBytes);
  const segments: DataSegment[] = [];
  let start = -1;
  let lastUsed = -1;
  const close = (): void => {
    if (start >= 0) {
      const address = start * wordBytes;
      segments.push({ address, bytes: memory.slice(address, (lastUsed + 1) * wordBytes) });
    }
  };
  for (let index = 0; index < words.length; index += 1) {
    if (words[index] === 0) continue;
    if (start < 0 || (index - lastUsed) * wordBytes > minGapBytes) {
      close();
      start = index;
    }
    lastUsed = index;
  }
  close();
  return segments;
}
