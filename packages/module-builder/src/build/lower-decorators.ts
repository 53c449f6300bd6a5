import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { BuildError } from "./build-error.ts";
import type { FilePlace, SourceTexts } from "./source-texts.ts";
import { findTypeScript, typeScriptIsMissing } from "./typescript-compiler.ts";

interface SourceMap {
  readonly version: 3;
  readonly mappings: string;
  readonly names: string[];
  readonly sources: string[];
}

/** A file's text without decorators. */
export interface LoweredFile {
  readonly code: string;
  /** The map back to the file. */
  readonly map: SourceMap;
}

/**
 * Converts standard decorators, and `accessor`, to syntax that the engine supports. The bundler doesn't support them
 * either, so this uses the TypeScript compiler that is installed where a file is.
 *
 * @param places of decorators; all of their files are rewritten
 * @returns the new texts, by the absolute paths of the files
 * @throws {BuildError} `FLAWLESS_BUILD_UNSUPPORTED_SYNTAX` if there is no compiler, or it fails
 */
export async function lowerFiles(
  places: readonly FilePlace[],
  texts: SourceTexts,
): Promise<ReadonlyMap<string, LoweredFile>> {
  const first = new Map(places.toReversed().map((place) => [place.file, place]));
  const files = await Promise.all(
    [...first].map(async ([file, place]) => {
      const lowered = await lower(file, texts.of(file) ?? "");
      if (typeof lowered !== "string") return [file, lowered] as const;
      const message = `Expected TypeScript 5.5 or newer, to write decorators in words that the engine knows, but ${lowered}.`;
      const problem = texts.problem("FLAWLESS_BUILD_UNSUPPORTED_SYNTAX", message, place);
      throw new BuildError([problem]);
    }),
  );
  return new Map(files);
}

/** @returns the new text, or why there is none */
async function lower(file: string, text: string): Promise<LoweredFile | string> {
  const compiler = await findTypeScript(file);
  if (compiler === undefined) return typeScriptIsMissing;
  await using cleanUp = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), "flawless-decorators-"));
  cleanUp.defer(() => rm(directory, { recursive: true, force: true }));
  // Imports can't be resolved here, so they all stay as they are.
  const name = `source${extname(file)}`;
  await writeFile(join(directory, name), text);
  await writeFile(join(directory, "tsconfig.json"), JSON.stringify(configOf(name)));
  const said = await compiler.compile(directory);
  const output = join(directory, "out", name.replace(/\.([cm]?)[jt]s$/, ".$1js"));
  try {
    const code = await readFile(output, "utf8");
    const map = JSON.parse(await readFile(`${output}.map`, "utf8")) as SourceMap;
    return { code, map: { ...map, sources: [file] } };
  } catch {
    return `the TypeScript compiler said: ${said}`;
  }
}

function configOf(name: string): object {
  return {
    compilerOptions: {
      target: "es2022",
      module: "esnext",
      moduleResolution: "bundler",
      allowJs: true,
      experimentalDecorators: false,
      isolatedModules: true,
      noCheck: true,
      noResolve: true,
      noEmitOnError: false,
      removeComments: false,
      skipLibCheck: true,
      sourceMap: true,
      types: [],
      rootDir: ".",
      outDir: "out",
    },
    files: [name],
  };
}
