import { readRegularFile } from "@flawless-ts/wasm-module/internal/files";
import { isToken } from "../token-list.ts";
import { CliError, messageOf } from "./cli-error.ts";

const maxFileBytes = 16 * 2 ** 20;

/**
 * Reads tokens from a file: one on each line; empty lines and those that begin with # do not count.
 *
 * @throws CliError that never shows what is in the file
 */
export async function readTokenFile(path: string): Promise<readonly string[]> {
  let text: string;
  try {
    text = String(await readRegularFile(path, maxFileBytes));
  } catch (cause) {
    throw new CliError(`The token file can't be read: ${messageOf(cause)}`, { cause });
  }
  const lines = text.split("\n").map((line) => line.trim());
  const tokens: string[] = [];
  for (const [index, line] of lines.entries()) {
    if (line === "" || line.startsWith("#")) {
      continue;
    }
    if (!isToken(line)) {
      throw new CliError(
        `Line ${index + 1} of the token file ${path} is no token: it has to be up to 1,024 visible ASCII characters without spaces.`,
      );
    }
    tokens.push(line);
  }
  if (tokens.length === 0) {
    throw new CliError(
      `The token file ${path} has no token in it. Write one on a line, or leave --token-file out.`,
    );
  }
  return tokens;
}
