// Only for this project's other packages; it may change with any version.
import { extname } from "node:path";
import { fileURLToPath } from "node:url";

/** `.ts` in the source tree, `.js` in the installed package. */
const extension = extname(import.meta.url);

/** The file that a workflow imports as `@flawless-ts/wasm-module`. */
export const authoringFile: string = ownFile(`../authoring/index${extension}`);

/** The file that the guest side imports as `@flawless-ts/wasm-module/internal/guest`. */
export const guestFile: string = ownFile(`guest${extension}`);

/** The directory of everything that this package adds to a module. */
export const ownDirectory: string = ownFile("../");

function ownFile(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}
