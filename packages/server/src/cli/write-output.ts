import { writeFile } from "node:fs/promises";
import { CliError, messageOf } from "@flawless-ts/http-service/program";

/**
 * Writes a command's result to the file of `--output`.
 *
 * @throws CliError if it can't be written
 */
export async function writeOutput(file: string, content: string | Uint8Array): Promise<void> {
  try {
    await writeFile(file, content);
  } catch (cause) {
    throw new CliError(
      `Can't write ${file}: ${messageOf(cause)}. Expected a file in an existing, writable folder.`,
      { cause },
    );
  }
}
