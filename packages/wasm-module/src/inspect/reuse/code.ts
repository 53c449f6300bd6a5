import { encodeS32, encodeU32 } from "../leb128.ts";

// Instructions as bytes, for functions that are added to a module.

/** Bytes of instructions, possibly nested. */
export type Code = readonly (number | Uint8Array | Code)[];

/** Joins bytes. */
export function flatten(code: Code): Uint8Array {
  const bytes = new Uint8Array(lengthOf(code));
  let offset = 0;
  const add = (part: Code[number]): void => {
    if (typeof part === "number") {
      bytes[offset] = part;
      offset += 1;
    } else if (part instanceof Uint8Array) {
      bytes.set(part, offset);
      offset += part.length;
    } else {
      for (const inner of part) add(inner);
    }
  };
  add(code);
  return bytes;
}

function lengthOf(part: Code[number]): number {
  if (typeof part === "number") return 1;
  if (part instanceof Uint8Array) return part.length;
  return part.reduce<number>((sum, inner) => sum + lengthOf(inner), 0);
}

const vector = 0xfd;
const misc = 0xfc;
const emptyBlock = 0x40;
const catchAllAsReference = 3;
const memory = 0;
const i32 = 0x7f;
/** A reference to an exception, or null. */
const exnref = 0x69;
/** The instruction of a null reference to an exception. */
const nullException: Code = [0xd0, exnref];

export const code = {
  block: (...body: Code): Code => [0x02, emptyBlock, ...body, 0x0b],
  loop: (...body: Code): Code => [0x03, emptyBlock, ...body, 0x0b],
  if: (...body: Code): Code => [0x04, emptyBlock, ...body, 0x0b],
  /** A block whose value is the exception that ended it, or null. */
  thrownBy: (...body: Code): Code => [
    ...[0x02, exnref],
    ...[0x1f, emptyBlock, 1, catchAllAsReference, 0, ...body, 0x0b],
    ...[nullException, 0x0b],
  ],
  noException: nullException as Code,
  throwReference: 0x0a,
  refIsNull: 0xd1,
  end: 0x0b,
  br: (depth: number): Code => [0x0c, depth],
  brIf: (depth: number): Code => [0x0d, depth],
  return: 0x0f,
  drop: 0x1a,
  call: (index: number): Code => [0x10, encodeU32(index)],
  callIndirect: (type: number, table: number): Code => [0x11, encodeU32(type), encodeU32(table)],
  localGet: (index: number): Code => [0x20, index],
  localSet: (index: number): Code => [0x21, index],
  localTee: (index: number): Code => [0x22, index],
  globalGet: (index: number): Code => [0x23, encodeU32(index)],
  globalSet: (index: number): Code => [0x24, encodeU32(index)],
  memorySize: [0x3f, memory] as Code,
  memoryGrow: [0x40, memory] as Code,
  i32Const: (value: number): Code => [0x41, encodeS32(value)],
  i32Eqz: 0x45,
  i32Eq: 0x46,
  i32LtS: 0x48,
  i32GeU: 0x4f,
  i32GtU: 0x4b,
  i32Add: 0x6a,
  i32Sub: 0x6b,
  i32And: 0x71,
  i32ShrU: 0x76,
  memoryInit: (segment: number): Code => [misc, 8, encodeU32(segment), memory],
  memoryFill: [misc, 11, memory] as Code,
  vectorLoad: (offset: number): Code => [vector, 0, 4, encodeU32(offset)],
  vectorOr: [vector, 80] as Code,
  vectorAnyTrue: [vector, 83] as Code,
  /** A function's locals: so many integers of 32 bits, and then references to exceptions. */
  locals: (integers: number, exceptions = 0): Code => {
    const groups = [
      [integers, i32],
      [exceptions, exnref],
    ].filter(([count]) => count !== 0);
    return [groups.length, ...groups];
  },
} as const;
