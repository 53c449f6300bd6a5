import { encodeU32 } from "./leb128.ts";
import { checkLimitOption } from "./limit-option.ts";
import { type ModuleErrorCode, ModuleError } from "./module-error.ts";
import type { Section } from "./module-sections.ts";
import { type Limits, parseModule } from "./module-structure.ts";

/** Limits for {@link limitModule} to write into a module. */
export interface ModuleLimits {
  /** Most pages of 65,536 bytes each memory may have, 0 to 65,536. Left as it is by default. */
  readonly maximumMemoryPages?: number | undefined;
  /** Most elements each table may have, 0 to 10,000,000. Left as it is by default. */
  readonly maximumTableElements?: number | undefined;
}

// Source: "Implementation-defined limits" of the WebAssembly JavaScript Interface.
const largestMemoryPages = 65_536;
const largestTable = 10_000_000;

/**
 * Sets how large a module's memories and tables may grow, so that the engine stops a guest that takes more.
 *
 * A lower maximum that the module sets itself stays. All other bytes stay the same, and if nothing is to be changed
 * the result is `bytes` itself. Imported memories and tables are their provider's to limit.
 *
 * @throws {ModuleError} `FLAWLESS_MODULE_MEMORY_TOO_LARGE` or `FLAWLESS_MODULE_TABLE_TOO_LARGE` when a memory or table
 *   starts with more than its limit, and what `inspectModule` throws for a broken file.
 */
export function limitModule(bytes: Uint8Array, limits: ModuleLimits): Uint8Array {
  const { maximumMemoryPages, maximumTableElements } = limits;
  const { sections, memories, tables } = parseModule(bytes);
  const edits: Edit[] = [];
  if (maximumTableElements !== undefined) {
    checkLimitOption("maximumTableElements", maximumTableElements, largestTable);
    const lowered = tables.flatMap((table) =>
      lower(bytes, table, maximumTableElements, tableWords),
    );
    edits.push(...editSection(sections.get("table"), lowered));
  }
  if (maximumMemoryPages !== undefined) {
    checkLimitOption("maximumMemoryPages", maximumMemoryPages, largestMemoryPages);
    const lowered = memories.flatMap((memory) =>
      lower(bytes, memory, maximumMemoryPages, memoryWords),
    );
    edits.push(...editSection(sections.get("memory"), lowered));
  }
  return edits.length === 0 ? bytes : applyEdits(bytes, edits);
}

/** Bytes to put in place of those from `start` to before `end`. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly replacement: Uint8Array;
}

interface Words {
  readonly what: string;
  readonly unit: string;
  readonly code: ModuleErrorCode;
}

const memoryWords: Words = {
  what: "memory",
  unit: "pages",
  code: "FLAWLESS_MODULE_MEMORY_TOO_LARGE",
};
const tableWords: Words = {
  what: "table",
  unit: "elements",
  code: "FLAWLESS_MODULE_TABLE_TOO_LARGE",
};

function lower(
  bytes: Uint8Array,
  limits: Limits,
  maximum: number,
  { what, unit, code }: Words,
): Edit[] {
  if (limits.minimum > maximum) {
    throw new ModuleError(
      code,
      `Expected a ${what} that starts with at most ${maximum} ${unit}, but it starts with ${limits.minimum}. Make the ` +
        "module's static data smaller, or raise the limit.",
    );
  }
  if (limits.maximum !== null && limits.maximum <= maximum) return [];
  const [flags = 0, ...minimum] = bytes.subarray(limits.start, limits.minimumEnd);
  const replacement = Uint8Array.of(flags | 1, ...minimum, ...encodeU32(maximum));
  return [{ start: limits.start, end: limits.end, replacement }];
}

/** Adds to the edits within a section the one that its size needs. */
function editSection(section: Section | undefined, edits: readonly Edit[]): readonly Edit[] {
  if (section === undefined || edits.length === 0) return [];
  const growth = edits.reduce(
    (sum, { start, end, replacement }) => sum + replacement.length - (end - start),
    0,
  );
  const size = encodeU32(section.end - section.start + growth);
  return [{ start: section.sizeStart, end: section.start, replacement: size }, ...edits];
}

function applyEdits(bytes: Uint8Array, edits: readonly Edit[]): Uint8Array {
  const pieces: Uint8Array[] = [];
  let offset = 0;
  for (const { start, end, replacement } of edits) {
    pieces.push(bytes.subarray(offset, start), replacement);
    offset = end;
  }
  pieces.push(bytes.subarray(offset));
  const result = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let written = 0;
  for (const piece of pieces) {
    result.set(piece, written);
    written += piece.length;
  }
  return result;
}
