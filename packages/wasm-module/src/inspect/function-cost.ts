import { immediates, instructions, opcodes } from "./instructions.ts";
import { readUnsigned, walkInstructions } from "./walk-instructions.ts";

/** The numbers of parameters and results of a function type. */
export interface Arity {
  readonly parameters: number;
  readonly results: number;
}

/** What the costs of a function's calls and blocks depend on. */
export interface CostContext {
  readonly types: readonly Arity[];
  /** All functions, imported ones first. */
  readonly functions: readonly Arity[];
}

/** The cost of compiling a function, estimated from its instructions. */
export interface FunctionCost {
  readonly bodyBytes: number;
  /** The number of locals, including parameters. */
  readonly locals: number;
  /**
   * The number of values that a compiler must copy if it stores a state wherever control flow splits or joins: the
   * number of locals and operands for each such instruction.
   */
  readonly slots: number;
  /** The depth of nested blocks. */
  readonly depth: number;
  /** The bytes of machine code, as far as instructions are known. */
  readonly codeBytes: number;
  /** Whether all instructions are known: otherwise the rest of the body was not read. */
  readonly isKnown: boolean;
}

interface Label {
  readonly height: number;
  readonly results: number;
}

/** How much more expensive a call's parameter or result is than a copied value. */
const callWeight = 50;
const codeOfArgument = 24;
const codeOfTarget = 32;
const { takes, puts, immediate, code } = instructions;

/** Estimates the cost of compiling a function, without validation: the engine refuses invalid code before it compiles. */
export function measureFunction(
  bytes: Uint8Array,
  start: number,
  end: number,
  own: Arity,
  { types, functions }: CostContext,
): FunctionCost {
  let locals = own.parameters;

  function unsignedAt(offset: number): number {
    return readUnsigned(bytes, offset, end).value;
  }

  function blockType(offset: number): Arity {
    const first = bytes[offset] as number;
    if (first === 0x40) return { parameters: 0, results: 0 };
    // One byte from 0x40 on is negative: a value's type. Everything else is the index of a function's type.
    if (first > 0x40 && first < 0x80) return { parameters: 0, results: 1 };
    return types[unsignedAt(offset)] ?? { parameters: 0, results: 0 };
  }

  const labels: Label[] = [{ height: 0, results: own.results }];
  let height = 0;
  let slots = locals;
  let depth = 0;
  let codeBytes = 0;

  function split(times = 1): void {
    slots += (locals + height) * times;
  }
  function take(count: number): void {
    const base = labels.at(-1)?.height ?? 0;
    height = Math.max(base, height - count);
  }
  function leave(): void {
    height = labels.at(-1)?.height ?? 0;
  }
  function call(callee: Arity | undefined, returns: boolean): void {
    const { parameters = 0, results = 0 } = callee ?? {};
    split(1 / 8);
    slots += (parameters + results) * callWeight;
    codeBytes += (parameters + results) * codeOfArgument;
    take(parameters);
    height += results;
    if (returns) leave();
  }

  function special(opcode: number, operands: number): void {
    switch (opcode) {
      case opcodes.unreachable:
        leave();
        break;
      case opcodes.block:
      case opcodes.loop:
      case opcodes.if: {
        const { parameters, results } = blockType(operands);
        if (opcode === opcodes.if) take(1);
        split();
        take(parameters);
        labels.push({ height, results });
        height += parameters;
        depth = Math.max(depth, labels.length - 1);
        break;
      }
      case opcodes.else:
        split();
        leave();
        // The block's parameters are on the stack again, and no more than its type says.
        height += labels.at(-1)?.results ?? 0;
        break;
      case opcodes.end: {
        split();
        leave();
        height += labels.pop()?.results ?? 0;
        break;
      }
      case opcodes.br:
        split();
        leave();
        break;
      case opcodes.brIf:
        take(1);
        split();
        break;
      case opcodes.brTable: {
        const targets = unsignedAt(operands) + 1;
        take(1);
        split(Math.min(targets, labels.length));
        slots += targets;
        codeBytes += targets * codeOfTarget;
        leave();
        break;
      }
      case opcodes.return:
        leave();
        break;
      case opcodes.call:
      case opcodes.returnCall:
        call(functions[unsignedAt(operands)], opcode === opcodes.returnCall);
        break;
      case opcodes.callIndirect:
      case opcodes.returnCallIndirect: {
        const type = types[unsignedAt(operands)];
        take(1);
        call(type, opcode === opcodes.returnCallIndirect);
        break;
      }
      case opcodes.selectTyped:
        take(3);
        height += 1;
        break;
    }
  }

  const isKnown = walkInstructions(bytes, start, end, {
    locals(count) {
      locals += count;
      slots = locals;
    },
    instruction(opcode, _start, operands) {
      codeBytes += code[opcode] ?? 0;
      if (immediate[opcode] === immediates.special) {
        special(opcode, operands);
      } else {
        take(takes[opcode] as number);
        height += puts[opcode] as number;
      }
    },
  });
  return { bodyBytes: end - start, locals, slots: Math.round(slots), depth, codeBytes, isKnown };
}
