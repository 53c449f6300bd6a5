import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, parse } from "node:path";
import { authoringFile } from "@flawless-ts/wasm-module/internal/package-files";
import { authoringPackage, plainTypesFile } from "../own-files.ts";
import { findTypeScript, resolved, typeScriptIsMissing } from "../typescript-compiler.ts";
import { declaredModuleTypes } from "./declared-module-types.ts";
import type { ModuleTypes } from "@flawless-ts/wasm-module/internal";

const mark = "export declare const contract: ";

/** The types of a module's file, or why they are unknown. */
export type EmittedTypes =
  | { readonly types: ModuleTypes }
  | { readonly types: undefined; readonly reason: string };

/**
 * Finds the types of the inputs and outputs of a file's workflows, using the TypeScript compiler that is installed
 * where the file is.
 */
export async function emitModuleTypes(file: string): Promise<EmittedTypes> {
  try {
    const compiler = await findTypeScript(file);
    if (compiler === undefined)
      return { types: undefined, reason: `TypeScript is missing: ${typeScriptIsMissing}` };
    await using cleanUp = new AsyncDisposableStack();
    const directory = await mkdtemp(join(tmpdir(), "flawless-types-"));
    cleanUp.defer(() => rm(directory, { recursive: true, force: true }));
    await writeFile(join(directory, "probe.ts"), probeOf(file));
    await writeFile(join(directory, "tsconfig.json"), JSON.stringify(configOf(file)));
    // Errors in the user's file are left to the user: everything that can be declared still is.
    const said = await compiler.compile(directory);
    const emitted = await declarationIn(join(directory, "out"));
    const start = emitted?.indexOf(mark) ?? -1;
    if (emitted === undefined || start < 0) {
      return { types: undefined, reason: `the TypeScript compiler said: ${said}` };
    }
    const types = declaredModuleTypes(emitted, start + mark.length);
    if (Object.keys(types.workflows).length > 0) return { types };
    return {
      types: undefined,
      reason:
        "the TypeScript compiler finds no workflows in the file; see whether `tsc` reports an error there",
    };
  } catch (error) {
    return { types: undefined, reason: error instanceof Error ? error.message : String(error) };
  }
}

function probeOf(file: string): string {
  const specifier = (path: string): string => JSON.stringify(path.replaceAll("\\", "/"));
  return [
    `import type module from ${specifier(file)};`,
    `import { plainContract } from ${specifier(plainTypesFile)};`,
    "export const contract = plainContract<typeof module>();",
  ].join("\n");
}

/** The user's settings, because they decide what types mean, overridden by those of the probe. */
function configOf(file: string): object {
  const directories = [...ancestors(dirname(file))];
  const own = directories.map((each) => join(each, "tsconfig.json")).find(existsSync);
  return {
    ...(own === undefined ? {} : { extends: own }),
    compilerOptions: {
      strict: true,
      target: "esnext",
      module: "esnext",
      moduleResolution: "bundler",
      allowImportingTsExtensions: true,
      resolveJsonModule: true,
      skipLibCheck: true,
      noCheck: true,
      noEmit: false,
      noEmitOnError: false,
      composite: false,
      incremental: false,
      isolatedDeclarations: false,
      declaration: true,
      declarationMap: false,
      emitDeclarationOnly: true,
      stripInternal: false,
      // Makes sure that everything written along with the probe stays below `out`.
      rootDir: parse(file).root,
      outDir: "out",
      declarationDir: "out",
      typeRoots: directories.map((each) => join(each, "node_modules", "@types")),
      // Only if the file's project lacks it, because the bundler doesn't need it there either.
      ...(resolved(authoringPackage, file) === undefined
        ? { paths: { [authoringPackage]: [authoringFile] } }
        : {}),
    },
    files: ["probe.ts"],
    include: [],
    references: [],
  };
}

function* ancestors(directory: string): Generator<string> {
  for (let each = directory; ; each = dirname(each)) {
    yield each;
    if (dirname(each) === each) return;
  }
}

async function declarationIn(directory: string): Promise<string | undefined> {
  const files = await readdir(directory, { recursive: true }).catch((): string[] => []);
  const probe = files.find(
    (each) => /(?:^|[/\\])probe\.d\.ts$/u.test(each) && each.includes("flawless-types-"),
  );
  return probe === undefined ? undefined : readFile(join(directory, probe), "utf8");
}
