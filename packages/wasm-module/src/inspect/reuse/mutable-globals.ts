import { ByteReader } from "../byte-reader.ts";
import type { Section } from "../module-sections.ts";

const end = 0x0b;
const vectorPrefix = 0xfd;
const vectorConst = 12;

/** A global that the module's functions may set. */
export interface MutableGlobal {
  readonly index: number;
  /** The instructions of its first value, without `end`. */
  readonly value: Uint8Array;
}

/**
 * Reads the module's own mutable globals; undefined if one starts with an expression that is not known.
 *
 * @param imported the number of imported globals, which come first
 */
export function readMutableGlobals(
  bytes: Uint8Array,
  section: Section,
  imported: number,
): MutableGlobal[] | undefined {
  const reader = new ByteReader(bytes, section.start, section.end, "global section");
  const globals: MutableGlobal[] = [];
  const count = reader.u32();
  for (let index = imported; index < imported + count; index += 1) {
    skipValueType(reader);
    const isMutable = reader.byte() === 1;
    const { offset } = reader;
    for (let opcode = reader.byte(); opcode !== end; opcode = reader.byte()) {
      if (!skipOperand(reader, opcode)) return undefined;
    }
    if (isMutable) globals.push({ index, value: bytes.subarray(offset, reader.offset - 1) });
  }
  return globals;
}

function skipValueType(reader: ByteReader): void {
  const type = reader.byte();
  if (type === 0x63 || type === 0x64) reader.skipHeapType();
}

/** Skips what follows an opcode of a constant expression. Returns whether it is known. */
function skipOperand(reader: ByteReader, opcode: number): boolean {
  switch (opcode) {
    // Constants, global.get, ref.null, ref.func.
    case 0x41:
    case 0x42:
    case 0x23:
    case 0xd0:
    case 0xd2:
      while (reader.byte() >= 0x80);
      return true;
    case 0x43:
      reader.skip(4);
      return true;
    case 0x44:
      reader.skip(8);
      return true;
    case vectorPrefix:
      if (reader.u32() !== vectorConst) return false;
      reader.skip(16);
      return true;
    // Sums, differences and products.
    case 0x6a:
    case 0x6b:
    case 0x6c:
    case 0x7c:
    case 0x7d:
    case 0x7e:
      return true;
    default:
      return false;
  }
}
