import { quoteShortened } from "../shorten.ts";
import { ModuleError } from "./module-error.ts";
import type { RawExport } from "./module-structure.ts";

/**
 * Refuses an export that is not a function of type `expected`.
 *
 * @throws {ModuleError} `FLAWLESS_MODULE_BAD_EXPORT_TYPE`.
 */
export function expectFunction({ name, kind, functionType }: RawExport, expected: string): void {
  if (functionType === expected) return;
  throw new ModuleError(
    "FLAWLESS_MODULE_BAD_EXPORT_TYPE",
    `Expected the export ${quoteShortened(name)} to be a function ${expected}, but it is a ${kind}` +
      `${functionType === null ? "" : ` ${functionType}`}. Build with flawless 1.0.0-beta.3.`,
  );
}
