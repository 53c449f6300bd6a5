import { writeFile } from "node:fs/promises";
import { CliError, messageOf } from "@flawless-ts/http-service/program";

/**
 * Writes what a command made to the file that `--output` names.
 *
 * @throws CliError where that can't be written
 */
export async function writeOutput(file: string, content: string | Uint8Array): Promise<void> {
  try {
    await writeFile(file, content);
  } catch (cause) {
    throw new CliError(
      `Can't write ${file}: ${messageOf(cause)}. Expected a file in a folder that exists and may be written to.`,
      { cause },
    );
  }
}
