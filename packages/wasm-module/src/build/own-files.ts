import { extname } from "node:path";
import { fileURLToPath } from "node:url";

/** `.ts` in the source tree, `.js` in the package as it is installed. */
const extension = extname(import.meta.url);

/** What a workflow's file finds as `@flawless-ts/wasm-module`. */
export const authoringFile: string = ownFile(`../authoring/index${extension}`);

/** Sets up the globals of a workflow. */
export const globalsFile: string = ownFile(`../authoring/guest/globals${extension}`);

/** Runs workflows. */
export const startFile: string = ownFile(`../authoring/guest/start${extension}`);

/** The directory of all of them: files in it are not the user's. */
export const ownDirectory: string = ownFile("../");

/** The JavaScript engine, built from `engine/src`. */
export const engineFile: string = ownFile("../../engine/engine.wasm");

function ownFile(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}
