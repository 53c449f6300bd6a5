import { existsSync, readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { TestkitError } from "../../errors.ts";
import type { ContextEntry } from "./context-entry.ts";
import type { ImagePackage } from "./package-tree.ts";

/** Whether a package is this project's: its content may change without its version. */
export function isOurs({ name }: Pick<ImagePackage, "name">): boolean {
  return name.startsWith("@flawless-ts/");
}

/** Files that are never run: declarations, source maps, and texts except licenses. */
const needless: readonly RegExp[] = [
  /\.d\.[cm]?ts$/,
  /\.map$/,
  /\.tsbuildinfo$/,
  /(^|\/)(?!licen[cs]e|notice|copying)[^/]*\.(md|markdown)$/i,
];
/** Folders at the top of a package. */
const needlessFolders: ReadonlySet<string> = new Set([
  ".github",
  "benchmark",
  "benchmarks",
  "doc",
  "docs",
  "example",
  "examples",
  "test",
  "tests",
  "types",
]);

/**
 * The files of a package that its programs need, as entries below `folder`.
 *
 * @throws TestkitError `FLAWLESS_TESTKIT_IMAGE_FAILED` for a package of ours that is not built
 */
export function packageFiles(found: ImagePackage, folder: string): readonly ContextEntry[] {
  if (isOurs(found) && !existsSync(join(found.directory, "dist"))) {
    throw new TestkitError(
      "FLAWLESS_TESTKIT_IMAGE_FAILED",
      `The package ${found.name} is not built: ${found.directory} has no folder dist. Run \`npm run build\` first.`,
    );
  }
  const keeps = isOurs(found) ? keepsOfOurs : keepsOfOthers;
  return filesBelow(found.directory)
    .filter((path) => keeps(path) && !needless.some((pattern) => pattern.test(path)))
    .map((path) => ({
      path: `${folder}/${found.location}/${path}`,
      mode: 0o644,
      source: isOurs(found)
        ? // They may be rebuilt meanwhile, and the hash must match what is sent.
          { content: readFileSync(join(found.directory, path)) }
        : { file: join(found.directory, path) },
    }));
}

/** Compiled files, and files that stay in `src` because nothing compiles them. Of the modules, only the one needed. */
function keepsOfOurs(path: string): boolean {
  const [top] = path.split("/");
  switch (top) {
    case "package.json":
    case "bin":
    case "dist":
      return true;
    case "src":
      return extname(path) !== ".ts";
    default:
      return path === "fixtures/wasm/crawler_stand_in.wasm";
  }
}

function keepsOfOthers(path: string): boolean {
  const [top = ""] = path.split("/");
  return top === path || !needlessFolders.has(top);
}

/** All files, sorted, without other packages. */
function filesBelow(directory: string): readonly string[] {
  const found: string[] = [];
  const visit = (folder: string): void => {
    for (const entry of readdirSync(join(directory, folder), { withFileTypes: true })) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory() && entry.name !== "node_modules") {
        visit(path);
      } else if (entry.isFile()) {
        found.push(path);
      }
    }
  };
  visit("");
  return found.toSorted();
}
