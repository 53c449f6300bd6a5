import { extname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { partNames } from "../authoring/guest/part-names.ts";

/** `.ts` in the source tree, `.js` in the package as it is installed. */
const extension = extname(import.meta.url);

/** The name by which a workflow's file imports this package. */
export const ownPackage = "@flawless-ts/wasm-module";

/** What a workflow's file finds as `@flawless-ts/wasm-module`. */
export const authoringFile: string = ownFile(`../authoring/index${extension}`);

/** Sets up the globals of a workflow. */
export const globalsFile: string = ownFile(`../authoring/guest/globals${extension}`);

/** What is bundled apart, in the order of the parts' numbers. */
export const partFiles: readonly string[] = partNames.map((name) =>
  ownFile(`../authoring/guest/parts/${name}${extension}`),
);

/** Runs workflows. */
export const startFile: string = ownFile(`../authoring/guest/start${extension}`);

/** The directory of all of them: files in it are not the user's. */
export const ownDirectory: string = ownFile("../");

/** What the TypeScript compiler of a user's project gets beside the module's file; source also in the package. */
export const plainTypesFile: string = ownFile("../../src/build/contract-types/plain-types.ts");

/**
 * The JavaScript engine, built from `engine/src`: the one in the directory that the environment variable
 * `FLAWLESS_ENGINE_DIR` names (CI tests a fresh build that way), else the one that comes with the package.
 */
export function engineFile(): string {
  const chosen = process.env["FLAWLESS_ENGINE_DIR"];
  return chosen ? resolve(chosen, "engine.wasm") : ownFile("../../engine/engine.wasm");
}

/** Whether a file belongs to an installed package. */
export function isPackageFile(file: string): boolean {
  return /[\\/]node_modules[\\/]/.test(file);
}

function ownFile(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}
