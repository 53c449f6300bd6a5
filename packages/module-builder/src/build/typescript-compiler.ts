import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const maxMs = 60_000;

/** What to do if {@link findTypeScript} finds nothing. */
export const typeScriptIsMissing =
  "it is not installed where the file lies; npm install --save-dev typescript";

/** The TypeScript compiler's command, so that any release works (5.5 or newer). */
export interface TypeScriptCompiler {
  /**
   * Compiles as the `tsconfig.json` in a folder says.
   *
   * @returns its error messages; empty if there were none
   */
  compile(folder: string): Promise<string>;
}

/** The compiler of the file's project, that of the current directory, or one next to this package. */
export async function findTypeScript(file: string): Promise<TypeScriptCompiler | undefined> {
  const name = "typescript/package.json";
  const manifest =
    resolved(name, file) ??
    resolved(name, join(process.cwd(), "file")) ??
    resolved(name, import.meta.url);
  if (manifest === undefined) return undefined;
  const { bin } = JSON.parse(await readFile(manifest, "utf8")) as {
    readonly bin?: { readonly tsc?: string };
  };
  if (bin?.tsc === undefined) return undefined;
  const command = resolve(dirname(manifest), bin.tsc);
  return {
    compile: (folder) =>
      run(process.execPath, [command, "-p", folder], { cwd: dirname(file), timeout: maxMs }).then(
        () => "",
        (error: { readonly stdout?: string; readonly message: string }) =>
          error.stdout === undefined || error.stdout === "" ? error.message : error.stdout.trim(),
      ),
  };
}

/** Where Node finds `name` from a file; undefined if it finds nothing. */
export function resolved(name: string, from: string): string | undefined {
  try {
    return createRequire(from).resolve(name);
  } catch {
    return undefined;
  }
}
