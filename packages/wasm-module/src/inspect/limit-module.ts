import { encodeU32 } from "./leb128.ts";
import { checkLimitOption } from "./limit-option.ts";
import { type ModuleErrorCode, ModuleError } from "./module-error.ts";
import { applyEdits, type Edit, editSection } from "./module-edits.ts";
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
