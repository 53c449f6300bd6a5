import { dirname, extname, resolve } from "node:path";
import { rolldown, type Plugin, type RolldownLog } from "rolldown";
import { BuildError, type BuildProblem, refuse } from "./build-error.ts";
import { bundlerProblems, unresolvedImports } from "./bundler-problems.ts";
import { forbiddenImports } from "./forbidden-imports.ts";
import { missingFiles, pathCompletion } from "./missing-files.ts";
import { authoringFiles, globalsFile, ownPath, partFiles, startFile } from "./own-files.ts";
import type { LoweredFile } from "./lower-decorators.ts";
import type { SourceTexts } from "./source-texts.ts";

/** The user's code and the guest side in one script. */
export interface Bundle {
  readonly code: string;
  /** All files that it was made from, including packages' but not our own; absolute paths, for watching. */
  readonly files: readonly string[];
  /** Version 3. `sources` are absolute paths. */
  readonly map: { readonly mappings: string; readonly sources: readonly string[] };
}

/** The user's file. */
export interface BundleSource {
  /** Absolute path. */
  readonly file: string;
  /** Its text, if it differs from that on disk. */
  readonly text?: string | undefined;
}

const entryId = "\0flawless:entry";

/**
 * Bundles a module's file with everything it imports.
 *
 * @param lowered replaces the text of files, by their absolute paths
 * @throws {BuildError} `FLAWLESS_BUILD_SOURCE` or `FLAWLESS_BUILD_UNSUPPORTED_IMPORT`
 */
export async function bundle(
  source: BundleSource,
  texts: SourceTexts,
  lowered: ReadonlyMap<string, LoweredFile> = new Map(),
): Promise<Bundle> {
  const directory = dirname(source.file);
  const problems: BuildProblem[] = [];
  const unresolved: RolldownLog[] = [];
  const files: string[] = [];
  try {
    await using build = await rolldown({
      input: entryId,
      cwd: directory,
      platform: "neutral",
      // Converts what the engine doesn't support; it supports all of ES2023.
      transform: {
        target: "es2023",
        define: { "import.meta": "{}", "process.env.NODE_ENV": '"production"' },
      },
      resolve: {
        mainFields: ["module", "main"],
        conditionNames: ["import", "module", "default"],
        ...pathCompletion,
      },
      // Each file uses that of the nearest directory, as in the TypeScript compiler.
      tsconfig: true,
      treeshake: true,
      onLog: (_, log) => {
        if (log.code === "UNRESOLVED_IMPORT") unresolved.push(log);
      },
      plugins: [
        authoringModules,
        loweredFiles(lowered),
        ownModules(source),
        forbiddenImports(texts, (problem) => void problems.push(problem)),
        { name: "flawless:files", moduleParsed: ({ id }) => void files.push(id) },
      ],
    });
    const { output } = await build.generate({
      // Nothing is written; the source map's paths are relative to it.
      dir: directory,
      format: "esm",
      sourcemap: "hidden",
      codeSplitting: false,
      comments: false,
    });
    refuse([...inOrder(problems), ...unresolvedImports(unresolved, texts)], {
      missing: missingFiles(unresolved),
    });
    const [chunk] = output;
    const { map } = chunk;
    if (map === null) throw new Error("the bundler gave no source map");
    const sources = map.sources.map((path) =>
      path.startsWith("\0") ? path : resolve(directory, path),
    );
    const users = files
      .filter((id) => !id.startsWith("\0") && ownPath(id) === undefined)
      .toSorted();
    return {
      // All of it is in a function, so that the module doesn't include what is unused after it has returned.
      code: `(async () => {\n${chunk.code}\n})();`,
      files: users,
      map: { mappings: `;${map.mappings}`, sources },
    };
  } catch (error) {
    if (BuildError.is(error)) throw error;
    throw new BuildError([...bundlerProblems(error, directory, texts), ...inOrder(problems)], {
      cause: error,
      missing: missingFiles([error]),
    });
  }
}

/** Bundles the parts of the guest side that are evaluated when a workflow needs them: the same for all modules. */
export function bundleParts(): Promise<string[]> {
  return Promise.all(partFiles.map(bundlePart));
}

async function bundlePart(file: string): Promise<string> {
  await using build = await rolldown({
    input: file,
    platform: "neutral",
    plugins: [authoringModules],
    transform: { target: "es2023" },
    tsconfig: false,
    treeshake: true,
    logLevel: "silent",
  });
  const { output } = await build.generate({ format: "esm", codeSplitting: false, comments: false });
  // Given this as banner and footer, the bundler would take it for a function that nobody calls, and omit it.
  return `((__engine, __shared) => {\n${output[0].code}\n})`;
}

const authoringModules: Plugin = {
  name: "flawless:authoring-modules",
  resolveId: {
    order: "pre",
    handler: (id) => {
      const file = authoringFiles.get(id);
      return file === undefined ? null : { id: file, moduleSideEffects: false };
    },
  },
};

function loweredFiles(lowered: ReadonlyMap<string, LoweredFile>): Plugin {
  return {
    name: "flawless:lowered-files",
    load: (id) => {
      const file = lowered.get(id);
      return file === undefined ? null : { ...file, moduleType: "js" };
    },
  };
}

function ownModules(source: BundleSource): Plugin {
  const entry = [
    `import ${JSON.stringify(globalsFile)};`,
    `import * as module from ${JSON.stringify(source.file)};`,
    `import { start } from ${JSON.stringify(startFile)};`,
    // Uses a variable, so that the guest side itself reports a missing default export.
    "const exported = module;",
    'start(exported["default"]);',
  ].join("\n");
  return {
    name: "flawless:own-modules",
    resolveId: {
      order: "pre",
      handler: (id) => {
        if (id === entryId || id === globalsFile) return { id, moduleSideEffects: true };
        return source.text !== undefined && id === source.file ? { id } : null;
      },
    },
    load: (id) => {
      if (id === entryId) return { code: entry, moduleType: "js" };
      if (source.text === undefined || id !== source.file) return null;
      const isTypeScript = /^\.[mc]?tsx?$/.test(extname(id));
      return { code: source.text, moduleType: isTypeScript ? "ts" : "js" };
    },
  };
}

/** Imports are resolved at the same time, so their problems come in any order. */
function inOrder(problems: readonly BuildProblem[]): readonly BuildProblem[] {
  const place = (problem: BuildProblem): string =>
    `${problem.place?.file} ${String(problem.place?.line).padStart(9)} ${String(problem.place?.column).padStart(9)}`;
  return problems.toSorted((a, b) => (place(a) < place(b) ? -1 : 1));
}
