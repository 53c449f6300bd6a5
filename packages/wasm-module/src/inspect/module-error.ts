import { FlawlessError } from "../errors.ts";

/**
 * Why a file is refused as a Flawless module.
 *
 * The file itself:
 * - `FLAWLESS_MODULE_TOO_LARGE`: longer than the limit.
 * - `FLAWLESS_MODULE_NOT_WASM`: not WebAssembly; the message says what it looks like.
 * - `FLAWLESS_MODULE_IS_COMPONENT`: a WebAssembly component instead of a core module.
 * - `FLAWLESS_MODULE_UNSUPPORTED_VERSION`: WebAssembly of a version other than 1.
 * - `FLAWLESS_MODULE_TRUNCATED`: the end is missing.
 * - `FLAWLESS_MODULE_BAD_INTEGER`: a LEB128 integer is too long or too large.
 * - `FLAWLESS_MODULE_BAD_TEXT`: a name is not UTF-8.
 * - `FLAWLESS_MODULE_DUPLICATE_SECTION`: a section occurs twice.
 * - `FLAWLESS_MODULE_MALFORMED`: broken in another way.
 * - `FLAWLESS_MODULE_UNSUPPORTED_FEATURE`: needs a WebAssembly feature that Flawless modules don't have.
 * - `FLAWLESS_MODULE_INVALID`: well-formed, but WebAssembly's own validation refuses it.
 *
 * What it needs from its host:
 * - `FLAWLESS_MODULE_WASI_IMPORT`: imports WASI.
 * - `FLAWLESS_MODULE_UNKNOWN_IMPORT`: imports anything other than `wasabi.submit`.
 * - `FLAWLESS_MODULE_BAD_IMPORT_TYPE`: `wasabi.submit` is imported with another type.
 *
 * What it declares:
 * - `FLAWLESS_MODULE_NO_NAME`, `FLAWLESS_MODULE_TWO_NAMES`, `FLAWLESS_MODULE_BAD_NAME`: name and version are missing,
 *   occur twice, or are invalid. The last also applies to names of workflows.
 * - `FLAWLESS_MODULE_NO_WORKFLOW`, `FLAWLESS_MODULE_INIT_WITHOUT_RUN`, `FLAWLESS_MODULE_RUN_WITHOUT_INIT`: there is no
 *   workflow, or only half of one.
 * - `FLAWLESS_MODULE_MISSING_EXPORT`, `FLAWLESS_MODULE_BAD_EXPORT_TYPE`: `memory` or `wasabi::alloc` is missing, or an
 *   export doesn't have the type that the guest ABI requires.
 *
 * What it needs of its host's memory:
 * - `FLAWLESS_MODULE_MULTIPLE_MEMORIES`, `FLAWLESS_MODULE_IMPORTED_MEMORY`, `FLAWLESS_MODULE_SHARED_MEMORY`,
 *   `FLAWLESS_MODULE_MEMORY64`: a kind of memory that Flawless modules don't have.
 * - `FLAWLESS_MODULE_MEMORY_TOO_LARGE`, `FLAWLESS_MODULE_TABLE_TOO_LARGE`: starts with more than the limit.
 * - `FLAWLESS_MODULE_TOO_MANY_ENTRIES`: has more types, functions, exports and so on than any module needs.
 * - `FLAWLESS_MODULE_TOO_COSTLY`: compiling it would take too long or too much memory.
 */
export type ModuleErrorCode =
  | "FLAWLESS_MODULE_TOO_LARGE"
  | "FLAWLESS_MODULE_NOT_WASM"
  | "FLAWLESS_MODULE_IS_COMPONENT"
  | "FLAWLESS_MODULE_UNSUPPORTED_VERSION"
  | "FLAWLESS_MODULE_TRUNCATED"
  | "FLAWLESS_MODULE_BAD_INTEGER"
  | "FLAWLESS_MODULE_BAD_TEXT"
  | "FLAWLESS_MODULE_DUPLICATE_SECTION"
  | "FLAWLESS_MODULE_MALFORMED"
  | "FLAWLESS_MODULE_UNSUPPORTED_FEATURE"
  | "FLAWLESS_MODULE_INVALID"
  | "FLAWLESS_MODULE_WASI_IMPORT"
  | "FLAWLESS_MODULE_UNKNOWN_IMPORT"
  | "FLAWLESS_MODULE_BAD_IMPORT_TYPE"
  | "FLAWLESS_MODULE_NO_NAME"
  | "FLAWLESS_MODULE_TWO_NAMES"
  | "FLAWLESS_MODULE_BAD_NAME"
  | "FLAWLESS_MODULE_NO_WORKFLOW"
  | "FLAWLESS_MODULE_INIT_WITHOUT_RUN"
  | "FLAWLESS_MODULE_RUN_WITHOUT_INIT"
  | "FLAWLESS_MODULE_MISSING_EXPORT"
  | "FLAWLESS_MODULE_BAD_EXPORT_TYPE"
  | "FLAWLESS_MODULE_MULTIPLE_MEMORIES"
  | "FLAWLESS_MODULE_IMPORTED_MEMORY"
  | "FLAWLESS_MODULE_SHARED_MEMORY"
  | "FLAWLESS_MODULE_MEMORY64"
  | "FLAWLESS_MODULE_MEMORY_TOO_LARGE"
  | "FLAWLESS_MODULE_TABLE_TOO_LARGE"
  | "FLAWLESS_MODULE_TOO_MANY_ENTRIES"
  | "FLAWLESS_MODULE_TOO_COSTLY";

/** Whether a text is a code of {@link ModuleError}. */
export function isModuleErrorCode(code: string | undefined): code is ModuleErrorCode {
  return code?.startsWith("FLAWLESS_MODULE_") ?? false;
}

/** A file is not a Flawless module that can run here. The message says what was expected, what came, and what to do. */
export class ModuleError extends FlawlessError {
  override readonly code: ModuleErrorCode;

  constructor(code: ModuleErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  override get _tag(): "ModuleError" {
    return "ModuleError";
  }
}
