import { extname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import {
  authoringFile,
  guestFile,
  ownDirectory,
} from "@flawless-ts/wasm-module/internal/package-files";
import { partNames } from "../guest/part-names.ts";

/** `.ts` in the source tree, `.js` in the installed package. */
const extension = extname(import.meta.url);

/** The package that a workflow's file imports. */
export const authoringPackage = "@flawless-ts/wasm-module";

/** What is bundled into a module from that package, by import specifier. */
export const authoringFiles: ReadonlyMap<string, string> = new Map([
  [authoringPackage, authoringFile],
  [`${authoringPackage}/internal/guest`, guestFile],
]);

/** Sets up the globals of a workflow. */
export const globalsFile: string = ownFile(`../guest/globals${extension}`);

/** Bundled separately, in the order of the parts' numbers. */
export const partFiles: readonly string[] = partNames.map((name) =>
  ownFile(`../guest/parts/${name}${extension}`),
);

/** Runs workflows. */
export const startFile: string = ownFile(`../guest/start${extension}`);

/**
 * Given to the TypeScript compiler of a user's project beside the module's file; the package contains its source as
 * well.
 */
export const plainTypesFile: string = ownFile("../../src/build/contract-types/plain-types.ts");

/** The directories of all files that are not the user's, in this package and in that of the authoring side. */
const ownDirectories: readonly string[] = [ownFile("../"), ownDirectory];

/**
 * The JavaScript engine, built from `engine/src`: the one in the directory named by the environment variable
 * `FLAWLESS_ENGINE_DIR` (CI tests a fresh build that way), otherwise this package's.
 */
export function engineFile(): string {
  const chosen = process.env["FLAWLESS_ENGINE_DIR"];
  return chosen ? resolve(chosen, "engine.wasm") : ownFile("../../engine/engine.wasm");
}

/** The path of one of our files, relative to its package's directory; undefined for any other file. */
export function ownPath(file: string): string | undefined {
  const directory = ownDirectories.find((each) => file.startsWith(each));
  return directory === undefined ? undefined : relative(directory, file).replaceAll("\\", "/");
}

/** Whether a file belongs to an installed package. */
export function isPackageFile(file: string): boolean {
  return /[\\/]node_modules[\\/]/.test(file);
}

function ownFile(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}
