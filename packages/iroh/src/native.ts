import { createRequire } from "node:module";
import type * as iroh from "@number0/iroh";

/** The library of iroh. */
export type Iroh = typeof iroh;

let loaded: Iroh | undefined;

/**
 * Loads the native library, 20 MB, on first use.
 *
 * @throws {Error} if there is no build of it for this machine.
 */
export function native(): Iroh {
  // Its "main" is a file that is not packed, about which Node would warn.
  loaded ??= createRequire(import.meta.url)("@number0/iroh/index.js") as Iroh;
  return loaded;
}
