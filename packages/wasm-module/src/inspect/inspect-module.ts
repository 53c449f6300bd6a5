import type * as nodeCrypto from "node:crypto";
import { nodeBuiltin } from "../internal/node-builtins.ts";
import { keepFunctions, measureCompileCost } from "./compile-cost.ts";
import { type DeclaredExtensions, declaredExtensions } from "./declared-extensions.ts";
import { bytesPerPage, checkExports, checkImports, checkMemory } from "./host-fit.ts";
import { ModuleError } from "./module-error.ts";
import { findIdentity, findWorkflows } from "./module-identity.ts";
import { type ExternKind, parseModule } from "./module-structure.ts";
import { checkLimitOption } from "./limit-option.ts";
import { validateModule } from "./validate-module.ts";

/** The content of a Flawless module. */
export interface ModuleInfo {
  readonly name: string;
  readonly version: string;
  /** The workflows' names, in the order of the module's exports. */
  readonly workflows: readonly string[];
  readonly imports: readonly ModuleImport[];
  readonly exports: readonly ModuleExport[];
  readonly memory: ModuleMemory;
  /** SHA-256 of the file, in lower-case hexadecimal. */
  readonly contentHash: string;
  /** The file's length in bytes. */
  readonly sizeBytes: number;
}

/** An import of a module. */
export interface ModuleImport {
  readonly module: string;
  readonly name: string;
  readonly kind: ExternKind;
}

/** An export of a module. */
export interface ModuleExport {
  readonly name: string;
  readonly kind: ExternKind;
}

/** A module's memory, in pages of 65,536 bytes. */
export interface ModuleMemory {
  readonly minPages: number;
  /** `null` if the module sets no limit; `limitModule` sets one. */
  readonly maxPages: number | null;
  /** Whether threads can share it. Modules with shared memory are refused. */
  readonly shared: false;
}

/** Limits on the modules that {@link inspectModule} accepts. */
export interface InspectModuleOptions {
  /** The max length of a file, in bytes. Default: 67,108,864 (64 MiB). */
  readonly maxBytes?: number | undefined;
  /**
   * The max memory that a module may start with, in bytes. Default: 4,294,967,296 (4 GiB), all that 32 bits can
   * address.
   */
  readonly maxMemoryBytes?: number | undefined;
}

const defaultMaximumBytes = 64 * 1024 * 1024;
const defaultMaximumMemoryBytes = 65_536 * bytesPerPage;

/** The result of {@link examineModule}. */
export interface ModuleExamination {
  readonly info: ModuleInfo;
  readonly extensions: DeclaredExtensions;
  /** Each function type as in the file. Engines store new ones forever. */
  readonly functionTypes: readonly Uint8Array[];
  /** The max bytes of machine code that the module may compile to. */
  readonly codeBytes: number;
  /**
   * A module of the functions that may be expensive to compile, to try that where it does no harm; `null` if there are
   * none.
   */
  readonly trial: Uint8Array | null;
}

/**
 * Reads the content of a Flawless module, and refuses anything that could not run as one.
 *
 * The module is not compiled or run, only validated.
 *
 * @throws {ModuleError} whose `code` is the reason, and whose message says what to do.
 * @throws {InvalidOptionError} if a limit is not an integer number of bytes.
 */
export function inspectModule(bytes: Uint8Array, options: InspectModuleOptions = {}): ModuleInfo {
  const stable = ownBytes(bytes);
  const { info } = examineModule(stable, options);
  validateModule(stable);
  return info;
}

/**
 * The same without the engine's own validation, which may also be slow for functions that are expensive to compile.
 *
 * @throws {ModuleError} whose `code` is the reason, and whose message says what to do.
 * @throws {InvalidOptionError} if a limit is not an integer number of bytes.
 */
export function examineModule(
  bytes: Uint8Array,
  options: InspectModuleOptions = {},
): ModuleExamination {
  const { maxBytes = defaultMaximumBytes, maxMemoryBytes = defaultMaximumMemoryBytes } = options;
  checkLimitOption("maxBytes", maxBytes, Number.MAX_SAFE_INTEGER);
  checkLimitOption("maxMemoryBytes", maxMemoryBytes, Number.MAX_SAFE_INTEGER);
  if (bytes.length > maxBytes) {
    throw new ModuleError(
      "FLAWLESS_MODULE_TOO_LARGE",
      `Expected a file of at most ${maxBytes} bytes, but got ${bytes.length}. Build with optimizations and without ` +
        "debug information, or raise the limit.",
    );
  }
  const structure = parseModule(bytes);
  const { imports, exports, memories, types } = structure;
  checkImports(imports);
  const { name, version } = findIdentity(exports);
  const workflows = findWorkflows(exports);
  const memory = checkMemory(memories, maxMemoryBytes);
  checkExports(exports);
  const { costlyFunctions, codeBytes } = measureCompileCost(bytes, structure);
  const info: ModuleInfo = {
    name,
    version,
    workflows,
    imports: imports.map((each) => ({ module: each.module, name: each.name, kind: each.kind })),
    exports: exports.map((each) => ({ name: each.name, kind: each.kind })),
    memory: { minPages: memory.minimum, maxPages: memory.maximum, shared: false },
    contentHash: nodeBuiltin<typeof nodeCrypto>("node:crypto", "Hashing a module").hash(
      "sha256",
      bytes,
      "hex",
    ),
    sizeBytes: bytes.length,
  };
  return {
    info,
    extensions: declaredExtensions(bytes),
    codeBytes,
    functionTypes: types.map(({ start, end }) => bytes.subarray(start, end)),
    trial: costlyFunctions.size === 0 ? null : keepFunctions(bytes, structure, costlyFunctions),
  };
}

/** Another thread could change shared bytes after they were checked, and WebAssembly doesn't accept them. */
function ownBytes(bytes: Uint8Array): Uint8Array {
  return bytes.buffer instanceof SharedArrayBuffer ? new Uint8Array(bytes) : bytes;
}
