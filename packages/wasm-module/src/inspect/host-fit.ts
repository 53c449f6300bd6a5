import { quoteShortened } from "../shorten.ts";
import { allocExportName, memoryExportName } from "./export-names.ts";
import { ModuleError } from "./module-error.ts";
import { expectFunction } from "./expect-function.ts";
import type { Limits, RawExport, RawImport } from "./module-structure.ts";

/** Bytes in a page of WebAssembly memory. */
export const bytesPerPage = 65_536;

const submitType = "(i32, i32, i32, i32) -> i32";

/**
 * Refuses imports other than `wasabi.submit`.
 *
 * @throws {ModuleError} that names those imports.
 */
export function checkImports(imports: readonly RawImport[]): void {
  const foreign = imports.filter(({ module, name }) => module !== "wasabi" || name !== "submit");
  if (
    foreign.some(({ module }) => module === "wasi_snapshot_preview1" || module.startsWith("wasi:"))
  ) {
    throw new ModuleError(
      "FLAWLESS_MODULE_WASI_IMPORT",
      `Expected no import but wasabi.submit, but the module needs WASI: ${list(foreign)}. Build for ` +
        "wasm32-unknown-unknown instead of a wasm32-wasi target.",
    );
  }
  if (foreign.some(({ kind }) => kind === "memory")) {
    throw new ModuleError(
      "FLAWLESS_MODULE_IMPORTED_MEMORY",
      `Expected a module with a memory of its own, but it imports one: ${list(foreign)}. Link without --import-memory.`,
    );
  }
  if (foreign.length > 0) {
    throw new ModuleError(
      "FLAWLESS_MODULE_UNKNOWN_IMPORT",
      `Expected no import but wasabi.submit, but the module needs ${list(foreign)}. Look for a dependency that expects ` +
        "a browser or JavaScript (such as wasm-bindgen), or a C function that was not linked in.",
    );
  }
  const wrong = imports.find(({ functionType }) => functionType !== submitType);
  if (wrong !== undefined) {
    throw new ModuleError(
      "FLAWLESS_MODULE_BAD_IMPORT_TYPE",
      `Expected the import wasabi.submit to be a function ${submitType}, but it is a ${wrong.kind}` +
        `${wrong.functionType === null ? "" : ` ${wrong.functionType}`}. Build with flawless 1.0.0-beta.3.`,
    );
  }
}

function list(imports: readonly RawImport[]): string {
  const shown = imports.slice(0, 5).map(({ module, name }) => quoteShortened(`${module}.${name}`));
  return (
    shown.join(", ") +
    (imports.length > shown.length ? ` and ${imports.length - shown.length} more` : "")
  );
}

/**
 * Refuses a module that lacks what the host calls or reads.
 *
 * @throws {ModuleError} if `memory` or `wasabi::alloc` is missing or has another type.
 */
export function checkExports(exports: readonly RawExport[]): void {
  const memory = find(exports, memoryExportName);
  if (memory.kind !== "memory") {
    throw new ModuleError(
      "FLAWLESS_MODULE_BAD_EXPORT_TYPE",
      `Expected the export "${memoryExportName}" to be a memory, but it is a ${memory.kind}.`,
    );
  }
  expectFunction(find(exports, allocExportName), "(i32) -> i32");
}

function find(exports: readonly RawExport[], name: string): RawExport {
  const found = exports.find((each) => each.name === name);
  if (found !== undefined) return found;
  throw new ModuleError(
    "FLAWLESS_MODULE_MISSING_EXPORT",
    `Expected an export "${name}", but there is none. Build with flawless 1.0.0-beta.3 for wasm32-unknown-unknown.`,
  );
}

/**
 * Refuses kinds of memory that the guest ABI can't address, and too much memory.
 *
 * @throws {ModuleError} that says which one.
 */
export function checkMemory(memories: readonly Limits[], maxBytes: number): Limits {
  const [memory, second] = memories;
  if (memory === undefined) {
    throw new ModuleError(
      "FLAWLESS_MODULE_MISSING_EXPORT",
      "Expected a module with a memory, but it has none.",
    );
  }
  if (second !== undefined) {
    throw new ModuleError(
      "FLAWLESS_MODULE_MULTIPLE_MEMORIES",
      `Expected a module with one memory, but it has ${memories.length}. Build without multi-memory.`,
    );
  }
  if (memory.shared) {
    throw new ModuleError(
      "FLAWLESS_MODULE_SHARED_MEMORY",
      "Expected a memory of the module's own, but it is shared between threads. Build without atomics.",
    );
  }
  if (memory.is64) {
    throw new ModuleError(
      "FLAWLESS_MODULE_MEMORY64",
      "Expected a memory with addresses of 32 bits, but they have 64. Build for wasm32 instead of wasm64.",
    );
  }
  if (memory.minimum * bytesPerPage > maxBytes) {
    throw new ModuleError(
      "FLAWLESS_MODULE_MEMORY_TOO_LARGE",
      `Expected a memory that starts with at most ${maxBytes} bytes, but it starts with ` +
        `${memory.minimum * bytesPerPage}. Make static data or the stack smaller, or raise the limit.`,
    );
  }
  return memory;
}
