import { readRegularFile } from "@flawless-ts/wasm-module/internal/files";
import { EngineError } from "../errors.ts";
import { keyBytes } from "./seal.ts";

/** The max size of the file: digits and white space. */
const maxFileBytes = 1_024;

/**
 * Reads a key: 64 hexadecimal digits.
 *
 * @returns undefined if the file doesn't exist
 * @throws EngineError `DIRECTORY_UNUSABLE`
 */
export async function readSecretsKey(path: string): Promise<Uint8Array | undefined> {
  let text: string;
  try {
    text = String(await readRegularFile(path, maxFileBytes));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      return undefined;
    }
    throw new EngineError(
      "DIRECTORY_UNUSABLE",
      `The key for secrets can't be read: ${(error as Error).message}`,
      { cause: error },
    );
  }
  if (!/^[0-9a-f]{64}\s*$/i.test(text)) {
    throw new EngineError(
      "DIRECTORY_UNUSABLE",
      `${path} has to hold a key of ${keyBytes} bytes as ${keyBytes * 2} hexadecimal digits, as \`openssl rand -hex ${keyBytes}\` writes one.`,
    );
  }
  return Buffer.from(text.trim(), "hex");
}
