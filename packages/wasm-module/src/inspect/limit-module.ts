import { bytesPerPage } from "./host-fit.ts";
import { bytesWithoutMemory, maxTableElementsWithin, shareElements } from "./instance-size.ts";
import { encodeU32 } from "./leb128.ts";
import { checkLimitOption } from "./limit-option.ts";
import { type ModuleErrorCode, ModuleError } from "./module-error.ts";
import { applyEdits, type Edit, editSection } from "./module-edits.ts";
import { type Limits, parseModule } from "./module-structure.ts";

/** Limits for {@link limitModule} to write into a module. */
export interface ModuleLimits {
  /** The max pages of 65,536 bytes for each memory, 0 to 65,536. Unchanged by default. */
  readonly maxMemoryPages?: number | undefined;
  /** The max elements of all tables together, 0 to 10,000,000. Unchanged by default. */
  readonly maxTableElements?: number | undefined;
  /**
   * The max bytes of an instance: its memory, its tables, and what an engine stores for each function, global, export
   * and segment. The memory gets what the rest leaves. No limit by default.
   */
  readonly maxInstanceBytes?: number | undefined;
}

// Source: "Implementation-defined limits" of the WebAssembly JavaScript Interface.
const absoluteMaxPages = 65_536;
const absoluteMaxElements = 10_000_000;

/**
 * Limits how large a module's memories and tables may grow, so that the engine stops a guest that uses more.
 *
 * A lower maximum in the module stays. All other bytes stay the same, and if there is nothing to change, the result is
 * `bytes` itself. Imported memories and tables must be limited by their provider.
 *
 * @throws {ModuleError} `FLAWLESS_MODULE_MEMORY_TOO_LARGE` or `FLAWLESS_MODULE_TABLE_TOO_LARGE` if it starts with more
 *   than a limit, and what `inspectModule` throws for a broken file.
 * @throws {InvalidOptionError} if a limit is not a whole number, or above what WebAssembly allows.
 */
export function limitModule(bytes: Uint8Array, limits: ModuleLimits): Uint8Array {
  const { maxMemoryPages, maxTableElements, maxInstanceBytes } = limits;
  checkOptions(limits);
  const structure = parseModule(bytes);
  const { sections, memories, tables } = structure;
  const tableMaxima = shareElements(
    tables,
    Math.min(maxTableElements ?? Infinity, maxTableElementsWithin(tables, maxInstanceBytes)),
  );
  const rest =
    maxInstanceBytes === undefined ? 0 : bytesWithoutMemory(structure, tableMaxima ?? []);
  const pages = Math.min(
    maxMemoryPages ?? Infinity,
    Math.max(0, Math.floor(((maxInstanceBytes ?? Infinity) - rest) / bytesPerPage)),
  );
  const tableEdits = tables.flatMap((table, index) => {
    const maximum = tableMaxima?.[index];
    return maximum === undefined ? [] : lower(bytes, table, maximum, tableWords);
  });
  const words = rest === 0 ? memoryWords : { ...memoryWords, beside: besideWords(rest) };
  const memoryEdits =
    pages === Infinity ? [] : memories.flatMap((memory) => lower(bytes, memory, pages, words));
  const edits: Edit[] = [
    ...editSection(sections.get("table"), tableEdits),
    ...editSection(sections.get("memory"), memoryEdits),
  ];
  return edits.length === 0 ? bytes : applyEdits(bytes, edits);
}

function checkOptions(limits: ModuleLimits): void {
  const absoluteMaxima = {
    maxMemoryPages: absoluteMaxPages,
    maxTableElements: absoluteMaxElements,
    maxInstanceBytes: Number.MAX_SAFE_INTEGER,
  } as const;
  for (const [name, max] of Object.entries(absoluteMaxima)) {
    const value = limits[name as keyof ModuleLimits];
    if (value !== undefined) checkLimitOption(name, value, max);
  }
}

interface Words {
  readonly what: string;
  readonly unit: string;
  /** What uses the rest of the limit. */
  readonly beside?: string;
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

function besideWords(bytes: number): string {
  return ` beside the ${bytes} bytes that its tables, functions, globals, exports and segments take`;
}

function lower(
  bytes: Uint8Array,
  limits: Limits,
  maximum: number,
  { what, unit, beside = "", code }: Words,
): Edit[] {
  if (limits.minimum > maximum) {
    throw new ModuleError(
      code,
      `Expected a ${what} that starts with at most ${maximum} ${unit}${beside}, but it starts with ${limits.minimum}. Make the ` +
        "module's static data smaller, or raise the limit.",
    );
  }
  if (limits.maximum !== null && limits.maximum <= maximum) return [];
  const [flags = 0, ...minimum] = bytes.subarray(limits.start, limits.minimumEnd);
  const replacement = Uint8Array.of(flags | 1, ...minimum, ...encodeU32(maximum));
  return [{ start: limits.start, end: limits.end, replacement }];
}
