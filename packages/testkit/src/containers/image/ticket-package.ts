import { fileURLToPath } from "node:url";
import { TestkitError } from "../../errors.ts";
import type { ImageOption } from "./image-option.ts";
import { findPackage } from "./package-tree.ts";

/** The testkit's root, from this file or its compiled version. */
export const packageRoot: string = fileURLToPath(new URL("../../../", import.meta.url));

/** The package for tickets: an optional 20 MB. */
export const ticketPackage = "@flawless-ts/iroh";

/**
 * Checks whether an image's services can be reached by tickets, before anything is started.
 *
 * @param image an image given by name is not checked
 * @param from where to look up packages; default: next to the testkit
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
