import { statSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { InvalidOptionError } from "@flawless-ts/wasm-module";

/**
 * Checks the option for functions that a program imports in addition to WASI's.
 *
 * @returns the `file:` URL of the module that provides them
 * @throws InvalidOptionError
 */
export function planImports(imports: unknown): string | undefined {
  if (imports === undefined) return undefined;
  if (typeof imports !== "string" && !(imports instanceof URL)) {
    throw invalid(`expected the path or file: URL of a module, but got a ${typeof imports}.`);
  }
  if (imports instanceof URL && imports.protocol !== "file:") {
    throw invalid(`expected a file: URL, but got one with ${imports.protocol}`);
  }
  const path = imports instanceof URL ? fileURLToPath(imports) : resolve(imports);
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) {
    throw invalid(`expected a file, but there is none at ${path}.`);
  }
  return pathToFileURL(path).href;
}

/** The error for an unusable module of imports. */
export function invalidImports(reason: string, cause?: unknown): InvalidOptionError {
  return new InvalidOptionError("imports", reason, cause === undefined ? undefined : { cause });
}

function invalid(reason: string): InvalidOptionError {
  return invalidImports(reason);
}
