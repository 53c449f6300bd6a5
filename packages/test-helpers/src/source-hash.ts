import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The SHA-256, in hexadecimal, of the names and contents of files in a directory, in any order. */
export function hashOfFiles(directory: string, files: readonly string[]): string {
  const lines = files
    .toSorted()
    .map((file) => `${sha256(readFileSync(join(directory, file)))}  ${file}\n`);
  return sha256(new TextEncoder().encode(lines.join("")));
}

/** The SHA-256 in hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
