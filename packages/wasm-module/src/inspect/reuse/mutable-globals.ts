import { ByteReader } from "../byte-reader.ts";
import type { Section } from "../module-sections.ts";
import { readValueType } from "../module-structure.ts";

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
 * Reads the mutable globals of a module that imports none; undefined if one starts with an expression that is not known.
 */
export function readMutableGlobals(
  bytes: Uint8Array,
  section: Section,
): MutableGlobal[] | undefined {
  const reader = new ByteReader(bytes, section.start, section.end, "global section");
  const globals: MutableGlobal[] = [];
  const count = reader.u32();
  for (let index = 0; index < count; index += 1) {
    readValueType(reader);
    const isMutable = reader.byte() === 1;
    const { offset } = reader;
    for (let opcode = reader.byte(); opcode !== end; opcode = reader.byte()) {
      if (!skipOperand(reader, opcode)) return undefined;
    }
    if (isMutable) globals.push({ index, value: bytes.subarray(offset, reader.offset - 1) });
  }
  return globals;
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
