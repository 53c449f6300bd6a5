import { ByteReader } from "./byte-reader.ts";
import { type FunctionCost, measureFunction } from "./function-cost.ts";
import { applyEdits, type Edit, editSection } from "./module-edits.ts";
import { ModuleError } from "./module-error.ts";
import type { ModuleStructure } from "./module-structure.ts";

// What V8 14.6 needs for the worst functions we could construct, on one core of 2026, for each of its compilers
// (docs/decisions/0013-strange-modules.md has all figures):
//
//   limit of a function           baseline (Liftoff)   optimising (TurboFan)   largest in public modules
//   2,000,000 slots               30 ms, 30 MB         60 ms, 60 MB            1,782,515 (typst.ts), then 459,399
//   65,536 bytes                  30 ms, 25 MB         400 ms, 110 MB          905,582 (DuckDB), QuickJS 34,051
//   1,000 blocks in each other    6 ms, 8 MB           120 ms, 35 MB           3,289 (esbuild), QuickJS 256
//
// The bomb of 49,990 locals and 1,000,000 blocks has 1.5e11 slots: 400 MB a second, for half an hour.

/** A function beyond one of these is tried first: see {@link CompileCost.costlyFunctions}. */
const cheapFunction = { slots: 2_000_000, bodyBytes: 65_536, depth: 1_000 } as const;
/** 1 slot takes 15 bytes and 15 ns: beyond this, the outcome of a trial is certain. */
const maxSlotsOfFunction = 50_000_000;
/** All functions together take the baseline compiler about 8 s. The largest public module has 97,659,888. */
const maxSlotsOfModule = 500_000_000;
/** A module's machine code stays in memory as long as the module, and no guest's limit includes it. */
const maxCodeBytes = 512 * 2 ** 20;

/** What V8 stores for a function in addition to its instructions. */
const codeOfFunction = 800;

/** The cost of compiling a module, estimated from its code. */
export interface CompileCost {
  /**
   * Functions (by their place in the code section) that may be expensive to compile: very long, with very many locals,
   * deep, or with unknown instructions. They should be tried in a separate process.
   */
  readonly costlyFunctions: ReadonlySet<number>;
  /** The max bytes of machine code, once every function has been called. */
  readonly codeBytes: number;
}

/**
 * Estimates the cost of compiling a module.
 *
 * @throws {ModuleError} `FLAWLESS_MODULE_TOO_COSTLY` if it is certainly too much.
 */
export function measureCompileCost(bytes: Uint8Array, structure: ModuleStructure): CompileCost {
  const { types, functions, importedFunctions } = structure;
  const costlyFunctions = new Set<number>();
  let slots = 0;
  let codeBytes = 0;
  forEachBody(bytes, structure, (start, end, index) => {
    const own = functions[importedFunctions + index] ?? { parameters: 0, results: 0 };
    const cost = measureFunction(bytes, start, end, own, { types, functions });
    if (cost.slots > maxSlotsOfFunction) throw tooCostly(index, cost);
    if (isCostly(cost)) costlyFunctions.add(index);
    slots += cost.slots;
    codeBytes += codeOfFunction + cost.codeBytes;
  });
  if (slots > maxSlotsOfModule) {
    throw new ModuleError(
      "FLAWLESS_MODULE_TOO_COSTLY",
      `Expected a module that takes seconds to compile, but with ${slots} values to keep at its branches, where ` +
        `${maxSlotsOfModule} are allowed, it takes much longer. Split it, and build it with optimizations.`,
    );
  }
  if (codeBytes > maxCodeBytes) {
    throw new ModuleError(
      "FLAWLESS_MODULE_TOO_COSTLY",
      `Expected a module that becomes at most ${maxCodeBytes} bytes of machine code, but this one may become ` +
        `${codeBytes}. Split it, and build it with optimizations.`,
    );
  }
  return { costlyFunctions, codeBytes };
}

/**
 * The same module with only the code of some functions; all others trap immediately. Compiling it shows what those
 * cost.
 *
 * @param kept places in the code section
 */
export function keepFunctions(
  bytes: Uint8Array,
  structure: ModuleStructure,
  kept: ReadonlySet<number>,
): Uint8Array {
  const trap = Uint8Array.of(3, 0, 0x00, 0x0b);
  const edits: Edit[] = [];
  forEachBody(bytes, structure, (_start, end, index, sizeStart) => {
    if (kept.has(index)) return;
    edits.push({ start: sizeStart, end, replacement: trap });
  });
  return applyEdits(bytes, editSection(structure.sections.get("code"), edits));
}

function forEachBody(
  bytes: Uint8Array,
  { sections }: ModuleStructure,
  visit: (start: number, end: number, index: number, sizeStart: number) => void,
): void {
  const code = sections.get("code");
  if (code === undefined) return;
  const reader = new ByteReader(bytes, code.start, code.end, "code section");
  const count = reader.u32();
  for (let index = 0; index < count; index += 1) {
    const sizeStart = reader.offset;
    const size = reader.u32();
    const start = reader.offset;
    reader.skip(size);
    visit(start, start + size, index, sizeStart);
  }
  reader.expectEnd();
}

function isCostly({ slots, bodyBytes, depth, isKnown }: FunctionCost): boolean {
  return (
    !isKnown ||
    slots > cheapFunction.slots ||
    bodyBytes > cheapFunction.bodyBytes ||
    depth > cheapFunction.depth
  );
}

function tooCostly(index: number, { slots, locals, bodyBytes }: FunctionCost): ModuleError {
  return new ModuleError(
    "FLAWLESS_MODULE_TOO_COSTLY",
    `Expected functions that can be compiled, but number ${index} of the module's own has ${locals} locals and ` +
      `${bodyBytes} bytes: with ${slots} values to keep at its branches, where ${maxSlotsOfFunction} are allowed, ` +
      "it takes a compiler too much memory. Split the function, and build with optimizations.",
  );
}
