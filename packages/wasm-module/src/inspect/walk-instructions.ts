import {
  immediates,
  instructions,
  miscPrefix,
  opcodes,
  placeOf,
  vectorPrefix,
} from "./instructions.ts";

const { immediate } = instructions;
/** A block without parameters and results. */
const emptyBlock = 0x40;

/** Called for each instruction. */
export interface InstructionVisitor {
  /** Called first, with the number of locals without parameters. */
  locals?(count: number): void;
  /**
   * @param opcode its index in the table of instructions
   * @param start offset of its first byte
   * @param operands offset of what follows the opcode
   * @param end offset after it
   */
  instruction(opcode: number, start: number, operands: number, end: number): void;
}

/** The unsigned LEB128 integer at an offset, and the offset after it. It may be of any size, and cut off at `end`. */
export function readUnsigned(
  bytes: Uint8Array,
  offset: number,
  end: number,
): { readonly value: number; readonly next: number } {
  let value = 0;
  let factor = 1;
  let next = offset;
  while (next < end) {
    const byte = bytes[next] as number;
    next += 1;
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) break;
    factor *= 128;
  }
  return { value, next };
}

/**
 * Goes through a function's body. It reads each byte once, without validation.
 *
 * @param start offset of the locals' declaration
 * @returns whether all instructions are known; if not, it stopped at the first unknown one
 */
export function walkInstructions(
  bytes: Uint8Array,
  start: number,
  end: number,
  visitor: InstructionVisitor,
): boolean {
  let offset = start;

  function unsigned(): number {
    const { value, next } = readUnsigned(bytes, offset, end);
    offset = next;
    return value;
  }

  function skip(): void {
    while (offset < end && (bytes[offset] as number) >= 0x80) offset += 1;
    offset += 1;
  }

  function skipValueType(): void {
    const type = bytes[offset];
    offset += 1;
    if (type === 0x63 || type === 0x64) skip();
  }

  function skipBlockType(): void {
    const first = bytes[offset] as number;
    if (first > emptyBlock && first < 0x80) skipValueType();
    else skip();
  }

  function skipMemoryArgument(): void {
    const alignment = bytes[offset] as number;
    skip();
    // With this bit the index of a memory follows.
    if ((alignment & 0x40) !== 0) skip();
    skip();
  }

  function skipSpecial(opcode: number): void {
    switch (opcode) {
      case opcodes.block:
      case opcodes.loop:
      case opcodes.if:
        skipBlockType();
        break;
      case opcodes.br:
      case opcodes.brIf:
      case opcodes.call:
      case opcodes.returnCall:
        skip();
        break;
      case opcodes.brTable:
        for (let left = unsigned() + 1; left > 0 && offset < end; left -= 1) skip();
        break;
      case opcodes.callIndirect:
      case opcodes.returnCallIndirect:
        skip();
        skip();
        break;
      case opcodes.selectTyped:
        for (let left = unsigned(); left > 0 && offset < end; left -= 1) skipValueType();
        break;
    }
  }

  let locals = 0;
  for (let left = unsigned(); left > 0 && offset < end; left -= 1) {
    locals += unsigned();
    skipValueType();
  }
  visitor.locals?.(locals);
  while (offset < end) {
    const first = offset;
    let opcode = bytes[offset] as number;
    offset += 1;
    if (opcode === miscPrefix || opcode === vectorPrefix) opcode = placeOf(opcode, unsigned());
    const operands = offset;
    switch (immediate[opcode]) {
      case immediates.none:
        break;
      case immediates.one:
        skip();
        break;
      case immediates.two:
        skip();
        skip();
        break;
      case immediates.memory:
        skipMemoryArgument();
        break;
      case immediates.memoryAndLane:
        skipMemoryArgument();
        offset += 1;
        break;
      case immediates.byte:
        offset += 1;
        break;
      case immediates.fourBytes:
        offset += 4;
        break;
      case immediates.eightBytes:
        offset += 8;
        break;
      case immediates.sixteenBytes:
        offset += 16;
        break;
      case immediates.special:
        skipSpecial(opcode);
        break;
      default:
        return false;
    }
    visitor.instruction(opcode, first, operands, offset);
  }
  return offset === end;
}
