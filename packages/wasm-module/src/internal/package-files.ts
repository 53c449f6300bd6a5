// For the other packages of this project only: it may change with any version.
import { extname } from "node:path";
import { fileURLToPath } from "node:url";

/** `.ts` in the source tree, `.js` in the package as it is installed. */
const extension = extname(import.meta.url);

/** What a workflow's file finds as `@flawless-ts/wasm-module`. */
export const authoringFile: string = ownFile(`../authoring/index${extension}`);

/** What the guest side finds as `@flawless-ts/wasm-module/internal/guest`. */
export const guestFile: string = ownFile(`guest${extension}`);

/** The directory of all that this package brings into a module. */
export const ownDirectory: string = ownFile("../");

function ownFile(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}
