import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** SHA-256, in hexadecimal, over the names and contents of files of a directory. Their order makes no difference. */
export function hashOfFiles(directory: string, files: readonly string[]): string {
  const lines = files
    .toSorted()
    .map((file) => `${sha256(readFileSync(join(directory, file)))}  ${file}\n`);
  return sha256(new TextEncoder().encode(lines.join("")));
}

/** SHA-256 in hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
