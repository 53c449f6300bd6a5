import type { DataSegment } from "./data-segments.ts";
import { concat, i32Constant, readerOf, sized } from "./module-bytes.ts";

const end = 0x0b;
const i32Const = 0x41;
const activeSegment = 0;
const passiveSegment = 1;

/** A segment of a data section; a passive one has no address, and is only copied when a function requests it. */
export interface StoredSegment {
  /** In bytes. */
  readonly address: number | undefined;
  readonly bytes: Uint8Array;
}

/** Encodes a data segment that is copied into memory when the module is instantiated. */
export function activeData({ address, bytes }: DataSegment): Uint8Array {
  return concat([
    Uint8Array.of(activeSegment),
    i32Constant(address),
    Uint8Array.of(end),
    sized(bytes),
  ]);
}

/** Encodes a data segment that is copied into memory when a function requests it. */
export function passiveData(bytes: Uint8Array): Uint8Array {
  return concat([Uint8Array.of(passiveSegment), sized(bytes)]);
}

/**
 * Reads a data section's content.
 *
 * @throws Error for a segment whose address is not a constant, or of a memory other than the first.
 */
export function segmentsOf(content: Uint8Array): StoredSegment[] {
  const reader = readerOf(content);
  const segments: StoredSegment[] = [];
  for (let left = reader.u32(); left > 0; left -= 1) {
    const kind = reader.byte();
    if (kind !== activeSegment && kind !== passiveSegment) {
      throw new Error(
        `expected a data segment of the engine's one memory, but got one of kind ${kind}`,
      );
    }
    const address = kind === activeSegment ? readAddress(reader) : undefined;
    const length = reader.u32();
    segments.push({ address, bytes: content.slice(reader.offset, reader.offset + length) });
    for (let skipped = 0; skipped < length; skipped += 1) reader.byte();
  }
  return segments;
}

function readAddress(reader: ReturnType<typeof readerOf>): number {
  const opcode = reader.byte();
  // The engine's addresses are below 2^31, so signed LEB128 reads the same as unsigned.
  const address = reader.u32();
  if (opcode !== i32Const || reader.byte() !== end) {
    throw new Error("expected a data segment with a constant address");
  }
  return address;
}
