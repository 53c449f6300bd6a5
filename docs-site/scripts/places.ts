import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository. */
export const repository: string = fileURLToPath(new URL("../../", import.meta.url));
/** The site's project. */
export const site: string = fileURLToPath(new URL("../", import.meta.url));
/** The pages that the site is built from; all of them are generated. */
export const pages: string = fileURLToPath(new URL("../.pages/", import.meta.url));
/** The base URL of files that are not pages. */
export const sourceUrl = "https://github.com/flawless-ts/flawless-ts/blob/main/";

/** Writes a page, and creates its folders. */
export function writePage(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text.endsWith("\n") ? text : `${text}\n`);
}
