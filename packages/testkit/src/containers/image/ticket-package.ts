import { fileURLToPath } from "node:url";
import { TestkitError } from "../../errors.ts";
import type { ImageOption } from "./image-option.ts";
import { findPackage } from "./package-tree.ts";

/** From this file, or from what is compiled of it, to the testkit. */
export const packageRoot: string = fileURLToPath(new URL("../../../", import.meta.url));

/** What lets services be reached by tickets: 20 MB that only those have who installed it. */
export const ticketPackage = "@flawless-ts/iroh";

/**
 * Finds out whether the services of an image can be reached by tickets, before anything is started.
 *
 * @param image one with a name has what it has
 * @param from where packages are looked up; default: beside the testkit
 * @throws TestkitError `FLAWLESS_TESTKIT_NO_IROH`
 */
export function assertTicketPackage(image: ImageOption, from: string = packageRoot): void {
  const isMade = typeof image === "string" || !("name" in image);
  if (isMade && findPackage(ticketPackage, from) === null) {
    throw new TestkitError(
      "FLAWLESS_TESTKIT_NO_IROH",
      `The topology ticket needs the package ${ticketPackage}, which is not installed beside the testkit. Install it by \`npm install --save-dev ${ticketPackage}\`.`,
    );
  }
}
