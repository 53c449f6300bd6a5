// How many values each instruction pops from and pushes to the operand stack, and what follows its opcode. Source:
// WebAssembly 3.0, "Instructions" of the binary format. Prefixed ones are numbered 0xPP00 + the number after the prefix.

/** What follows an opcode. */
export const immediates = {
  /** Unknown: what follows can't be read. */
  unknown: 0,
  none: 1,
  /** One LEB128 integer, of any size. */
  one: 2,
  two: 3,
  /** Alignment, optionally a memory, and offset. */
  memory: 4,
  /** The same, and a byte for the lane. */
  memoryAndLane: 5,
  byte: 6,
  fourBytes: 7,
  eightBytes: 8,
  sixteenBytes: 9,
  /** It affects control flow, or depends on types. */
  special: 10,
} as const;

/** The forms of all instructions: `takes`, `puts` and `immediate`, indexed by opcode. */
export interface InstructionTable {
  readonly takes: Uint8Array;
  readonly puts: Uint8Array;
  readonly immediate: Uint8Array;
  /** The max bytes of machine code from V8's baseline compiler. */
  readonly code: Uint16Array;
}

/** Prefix of table and bulk instructions. */
export const miscPrefix = 0xfc;
/** Prefix of vector instructions. */
export const vectorPrefix = 0xfd;
/** Where prefixed instructions start in the table, and their max number. */
const miscStart = 0x100;
const vectorStart = 0x120;
const miscCount = 18;
const vectorCount = 0x114;

/** The index of a prefixed instruction in the table, or 0xff, which is not an instruction. */
export function placeOf(prefix: number, number: number): number {
  if (prefix === miscPrefix && number < miscCount) return miscStart + number;
  if (prefix === vectorPrefix && number < vectorCount) return vectorStart + number;
  return 0xff;
}

/** Control instructions and those whose stack depends on types, by name. */
export const opcodes = {
  unreachable: 0x00,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  brTable: 0x0e,
  return: 0x0f,
  call: 0x10,
  callIndirect: 0x11,
  returnCall: 0x12,
  returnCallIndirect: 0x13,
  selectTyped: 0x1c,
} as const;

export const instructions: InstructionTable = makeTable();

function makeTable(): InstructionTable {
  const size = vectorStart + vectorCount;
  const takes = new Uint8Array(size);
  const puts = new Uint8Array(size);
  const immediate = new Uint8Array(size);
  const { none, one, two, memory, memoryAndLane, byte, fourBytes, eightBytes, sixteenBytes } =
    immediates;
  const set = (from: number, to: number, taken: number, put: number, after: number): void => {
    takes.fill(taken, from, to + 1);
    puts.fill(put, from, to + 1);
    immediate.fill(after, from, to + 1);
  };
  const setter =
    (start: number): typeof set =>
    (from, to, ...form) =>
      set(start + from, start + to, ...form);
  for (const opcode of Object.values(opcodes)) set(opcode, opcode, 0, 0, immediates.special);
  set(0x01, 0x01, 0, 0, none);
  set(0x1a, 0x1a, 1, 0, none);
  set(0x1b, 0x1b, 3, 1, none);
  // Locals, globals, tables.
  set(0x20, 0x20, 0, 1, one);
  set(0x21, 0x21, 1, 0, one);
  set(0x22, 0x22, 1, 1, one);
  set(0x23, 0x23, 0, 1, one);
  set(0x24, 0x24, 1, 0, one);
  set(0x25, 0x25, 1, 1, one);
  set(0x26, 0x26, 2, 0, one);
  // Memory.
  set(0x28, 0x35, 1, 1, memory);
  set(0x36, 0x3e, 2, 0, memory);
  set(0x3f, 0x3f, 0, 1, one);
  set(0x40, 0x40, 1, 1, one);
  // Constants.
  set(0x41, 0x42, 0, 1, one);
  set(0x43, 0x43, 0, 1, fourBytes);
  set(0x44, 0x44, 0, 1, eightBytes);
  // Numbers: two operands, except for the ranges that follow.
  set(0x45, 0xc4, 2, 1, none);
  for (const [from, to] of [
    [0x45, 0x45],
    [0x50, 0x50],
    [0x67, 0x69],
    [0x79, 0x7b],
    [0x8b, 0x91],
    [0x99, 0x9f],
    [0xa7, 0xc4],
  ] as const) {
    set(from, to, 1, 1, none);
  }
  // References.
  set(0xd0, 0xd0, 0, 1, one);
  set(0xd1, 0xd1, 1, 1, none);
  set(0xd2, 0xd2, 0, 1, one);
  // Saturating conversions, bulk memory, tables.
  const misc = setter(miscStart);
  misc(0, 7, 1, 1, none);
  misc(8, 8, 3, 0, two);
  misc(9, 9, 0, 0, one);
  misc(10, 10, 3, 0, two);
  misc(11, 11, 3, 0, one);
  misc(12, 12, 3, 0, two);
  misc(13, 13, 0, 0, one);
  misc(14, 14, 3, 0, two);
  misc(15, 15, 2, 1, one);
  misc(16, 16, 0, 1, one);
  misc(17, 17, 3, 0, one);
  // Vectors. Assuming one operand too few makes the stack seem higher, which is safe.
  const vector = setter(vectorStart);
  vector(0, 10, 1, 1, memory);
  vector(11, 11, 2, 0, memory);
  vector(12, 12, 0, 1, sixteenBytes);
  vector(13, 13, 2, 1, sixteenBytes);
  vector(14, 14, 2, 1, none);
  vector(15, 20, 1, 1, none);
  vector(21, 34, 1, 1, byte);
  for (const replacesLane of [23, 26, 28, 30, 32, 34]) {
    vector(replacesLane, replacesLane, 2, 1, byte);
  }
  vector(35, vectorCount - 1, 2, 1, none);
  vector(82, 82, 3, 1, none);
  vector(84, 87, 2, 1, memoryAndLane);
  vector(88, 91, 2, 0, memoryAndLane);
  vector(92, 93, 1, 1, memory);
  for (const [from, to] of [
    [77, 77],
    [83, 83],
    [94, 100],
    [103, 106],
    [116, 117],
    [122, 122],
    [124, 129],
    [131, 132],
    [135, 138],
    [148, 148],
    [160, 164],
    [167, 170],
    [192, 196],
    [199, 202],
    [224, 227],
    [236, 239],
    [248, 255],
    [0x101, 0x104],
  ] as const) {
    vector(from, to, 1, 1, none);
  }
  return { takes, puts, immediate, code: makeCodeSizes(size) };
}

/**
 * Measured on megabytes of each instruction with its operands, V8 14.6 on x64: 306 bytes for an indirect call, 97 for
 * `memory.fill`, 89 for a division, 66 for a conversion that traps, 40 for a call.
 */
function makeCodeSizes(size: number): Uint16Array {
  const code = new Uint16Array(size).fill(16);
  code.fill(64, opcodes.block, opcodes.return + 1);
  code[opcodes.call] = code[opcodes.returnCall] = 48;
  code[opcodes.callIndirect] = code[opcodes.returnCallIndirect] = 320;
  const divisions = [0x6d, 0x7f] as const;
  for (const first of divisions) code.fill(96, first, first + 4);
  code.fill(64, 0xa8, 0xb2);
  // Access to tables, growing memory.
  code.fill(64, 0x25, 0x27);
  code[0x40] = 64;
  code.fill(128, miscStart, miscStart + miscCount);
  code.fill(48, vectorStart, vectorStart + vectorCount);
  return code;
}
