import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { RolldownLog } from "rolldown";
import { type BuildProblem, plainProblem } from "./build-error.ts";
import { isPath, packageName } from "./missing-files.ts";
import { isPackageFile } from "./own-files.ts";
import { shownFile } from "./source-place.ts";
import type { FilePlace, SourceTexts } from "./source-texts.ts";

/**
 * What the bundler threw, translated to the user's files.
 *
 * @param directory the bundler's paths are relative to it.
 */
export function bundlerProblems(
  error: unknown,
  directory: string,
  texts: SourceTexts,
): [BuildProblem, ...BuildProblem[]] {
  const { errors = [] } = error as { readonly errors?: readonly unknown[] };
  const [first = error, ...rest] = errors;
  const toProblem = (one: unknown): BuildProblem => bundlerProblem(one, directory, texts);
  return [toProblem(first), ...rest.map(toProblem)];
}

/** The imports that the bundler warned about because it didn't find them. */
export function unresolvedImports(
  warnings: readonly RolldownLog[],
  texts: SourceTexts,
): BuildProblem[] {
  return warnings.filter((log) => isNeeded(log, texts)).map((log) => unresolvedImport(log, texts));
}

/** Packages use `require` and `import()` for optional dependencies. */
function isNeeded({ id = "", pos = 0 }: RolldownLog, texts: SourceTexts): boolean {
  if (!isPackageFile(id)) return true;
  const before = texts.of(id)?.slice(0, pos) ?? "";
  return !/\b(?:require|import)\s*\(\s*$/.test(before);
}

function unresolvedImport(log: Partial<RolldownLog>, texts: SourceTexts): BuildProblem {
  const place = placeOf(log);
  const message = notFound(log.exporter ?? "", place?.file ?? log.id);
  return texts.problem("FLAWLESS_BUILD_SOURCE", message, place);
}

function bundlerProblem(error: unknown, directory: string, texts: SourceTexts): BuildProblem {
  const log = (typeof error === "object" && error !== null ? error : {}) as Partial<RolldownLog>;
  if (log.exporter !== undefined && /^(?:UNRESOLVED_IMPORT|RESOLVE_ERROR)$/.test(log.code ?? "")) {
    return unresolvedImport(log, texts);
  }
  const text = stripVTControlCharacters(log.message ?? String(error)).trim();
  const [headline = ""] = text.split("\n");
  const message = headline.replace(/^\[\w+\] /, "");
  if (log.code === "TSCONFIG_ERROR") return tsconfigProblem(message, directory, texts);
  // In files that are not scripts, only the message has the location.
  const [, file, line, column] = /\[ (.+):(\d+):(\d+) \]/.exec(text) ?? [];
  const told =
    file === undefined || file.startsWith("\\0")
      ? null
      : { file: resolve(directory, file), line: Number(line), column: Number(column) };
  return texts.problem("FLAWLESS_BUILD_SOURCE", sentence(message), placeOf(log) ?? told);
}

function placeOf({ loc, id }: Partial<RolldownLog>): FilePlace | null {
  const file = loc?.file ?? id;
  // Nobody's file: the script that joins the user's file with this package.
  if (loc === undefined || file === undefined || file.startsWith("\0")) return null;
  return { file, line: loc.line, column: loc.column + 1 };
}

function notFound(specifier: string, importer: string | undefined): string {
  const quoted = JSON.stringify(specifier);
  if (isPath(specifier)) return `Can't find ${quoted}: there is no such file.`;
  const name = packageName(specifier);
  if (name === undefined) {
    return `Can't find ${quoted}: expected an entry for it in "paths" of the tsconfig, or in "imports" of package.json.`;
  }
  if (importer !== undefined && isInstalled(name, dirname(importer))) {
    return name === specifier
      ? `Can't find ${quoted}: the package is installed, but it has nothing that a workflow can import; see "exports" of its package.json.`
      : `Can't find ${quoted}: the package "${name}" is installed, but it has no such file to import.`;
  }
  return (
    `Can't find the package "${name}": it is not installed where this file lies. ` +
    `Install it with npm install ${name}, or add ${quoted} to "paths" of the tsconfig.`
  );
}

function isInstalled(name: string, directory: string): boolean {
  if (existsSync(join(directory, "node_modules", name))) return true;
  const parent = dirname(directory);
  return parent !== directory && isInstalled(name, parent);
}

function tsconfigProblem(message: string, directory: string, texts: SourceTexts): BuildProblem {
  const [, path, reason = ""] = /'(.+?)': (.*)$/.exec(message) ?? [];
  if (path === undefined) return plainProblem("FLAWLESS_BUILD_SOURCE", sentence(message));
  const file = resolve(directory, path);
  const [, line, column] = / at line (\d+) column (\d+)$/.exec(reason) ?? [];
  return line === undefined
    ? plainProblem("FLAWLESS_BUILD_SOURCE", `Can't read ${shownFile(file)}: ${sentence(reason)}`)
    : texts.problem("FLAWLESS_BUILD_SOURCE", `Expected a tsconfig in JSON, but ${reason}.`, {
        file,
        line: Number(line),
        column: Number(column),
      });
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
