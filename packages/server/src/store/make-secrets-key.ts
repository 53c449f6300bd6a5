import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { keyBytes } from "./seal.ts";

/** The file in the working directory that holds the key, unless the key is given elsewhere. */
export const secretsKeyFileName = "secrets.key";

/**
 * Makes the key of a directory that has none yet. Blocks its thread until the key would survive a power cut.
 *
 * @throws Error from the file system
 */
export function makeSecretsKey(directory: string): Uint8Array {
  const key = randomBytes(keyBytes);
  const text = `${key.toString("hex")}\n`;
  writeFileSync(join(directory, secretsKeyFileName), text, {
    mode: 0o600,
    flag: "wx",
    flush: true,
  });
  const folder = openSync(directory, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
  return key;
}
