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

/** What is inside a Flawless module. */
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

/** How much memory a module takes, in pages of 65,536 bytes. */
export interface ModuleMemory {
  readonly minPages: number;
  /** `null` when the module sets no limit; `limitModule` does. */
  readonly maxPages: number | null;
  /** Whether threads can share it. Modules whose memory is shared are refused. */
  readonly shared: false;
}

/** Limits on the modules that {@link inspectModule} takes. */
export interface InspectModuleOptions {
  /** Longest file accepted, in bytes. Default: 67,108,864 (64 MiB). */
  readonly maxBytes?: number | undefined;
  /** Most memory a module may start with, in bytes. Default: 4,294,967,296 (4 GiB), all that 32 bits can address. */
  readonly maxMemoryBytes?: number | undefined;
}

const defaultMaximumBytes = 64 * 1024 * 1024;
const defaultMaximumMemoryBytes = 65_536 * bytesPerPage;

/** What {@link examineModule} finds. */
export interface ModuleExamination {
  readonly info: ModuleInfo;
  readonly extensions: DeclaredExtensions;
  /** Each function type as the file has it. Engines keep those that they have not seen before forever. */
  readonly functionTypes: readonly Uint8Array[];
  /** Bytes of machine code that the module may become at most. */
  readonly codeBytes: number;
  /**
   * A module of those functions that may be dear to compile, for trying that where it harms nobody; `null` where there are
   * none.
   */
  readonly trial: Uint8Array | null;
}

/**
 * Reads what is inside a Flawless module, and refuses anything that could not be run as one.
 *
 * The module is not compiled or run, only validated.
 *
 * @throws {ModuleError} whose `code` is the reason, and whose message says what to do.
 * @throws {InvalidOptionError} when a limit is not an integer number of bytes.
 */
export function inspectModule(bytes: Uint8Array, options: InspectModuleOptions = {}): ModuleInfo {
  const stable = ownBytes(bytes);
  const { info } = examineModule(stable, options);
  validateModule(stable);
  return info;
}

/**
 * The same without the engine's own validation, which for functions that are dear to compile may take long as well.
 *
 * @throws {ModuleError} whose `code` is the reason, and whose message says what to do.
 * @throws {InvalidOptionError} when a limit is not an integer number of bytes.
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

/** Another thread could change shared bytes after they were checked, and WebAssembly does not take them. */
function ownBytes(bytes: Uint8Array): Uint8Array {
  return bytes.buffer instanceof SharedArrayBuffer ? new Uint8Array(bytes) : bytes;
}
