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

/** An instruction of a function's body. */
export interface Instruction {
  /** Its index in the table of instructions. */
  readonly opcode: number;
  /** Offset of its first byte. */
  readonly start: number;
  /** Offset of what follows the opcode. */
  readonly operands: number;
  /** Offset after it. */
  readonly end: number;
}

/**
 * Goes through a function's body.
 *
 * @param start offset of the locals' declaration
 * @returns whether all instructions are known; if not, it stopped at the first unknown one
 */
export function walkInstructions(
  bytes: Uint8Array,
  start: number,
  end: number,
  visit: (instruction: Instruction) => void,
): boolean {
  let offset = start;

  function unsigned(): number {
    let value = 0;
    let factor = 1;
    while (offset < end) {
      const byte = bytes[offset] as number;
      offset += 1;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) break;
      factor *= 128;
    }
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

  for (let left = unsigned(); left > 0 && offset < end; left -= 1) {
    skip();
    skipValueType();
  }
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
    visit({ opcode, start: first, operands, end: offset });
  }
  return offset === end;
}
