import { randomBytes } from "node:crypto";
import { open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { EngineError } from "../errors.ts";
import { keyBytes } from "./seal.ts";

/** The file in the working directory that holds the key, where none is given from elsewhere. */
export const secretsKeyFileName = "secrets.key";

/**
 * The key that is kept in a directory; one is made where there is none yet.
 *
 * @throws EngineError `DIRECTORY_UNUSABLE`
 */
export async function secretsKeyIn(directory: string): Promise<Uint8Array> {
  const path = join(directory, secretsKeyFileName);
  return (await readSecretsKey(path)) ?? (await makeKey(directory, path));
}

/**
 * Reads a key: 64 hexadecimal digits.
 *
 * @returns undefined where there is no such file
 * @throws EngineError `DIRECTORY_UNUSABLE`
 */
export async function readSecretsKey(path: string): Promise<Uint8Array | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      return undefined;
    }
    throw new EngineError(
      "DIRECTORY_UNUSABLE",
      `the key for secrets can't be read: ${(error as Error).message}`,
      { cause: error },
    );
  }
  if (!/^[0-9a-f]{64}\s*$/i.test(text)) {
    throw new EngineError(
      "DIRECTORY_UNUSABLE",
      `${path} has to hold a key of ${keyBytes} bytes as ${keyBytes * 2} hexadecimal digits, as \`openssl rand -hex ${keyBytes}\` writes one`,
    );
  }
  return Buffer.from(text.trim(), "hex");
}

async function makeKey(directory: string, path: string): Promise<Uint8Array> {
  const key = randomBytes(keyBytes);
  // Durable before anything is sealed with it, directory entry and all.
  await writeFile(path, `${key.toString("hex")}\n`, { mode: 0o600, flag: "wx", flush: true });
  const folder = await open(directory, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
  return key;
}
