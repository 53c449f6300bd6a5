import { readRegularFile } from "@flawless-ts/wasm-module/internal/files";
import { stat } from "node:fs/promises";
import type { TlsFiles } from "../tls-identity.ts";
import { isToken } from "../token-list.ts";
import { CliError, messageOf } from "./cli-error.ts";
import type { Console } from "./console.ts";

const othersMayRead = 0o077;

/** All the authorities that a system trusts take a quarter of a megabyte. */
const maxFileBytes = 16 * 2 ** 20;

/** Warns if other users of the machine can access a file that holds secrets. */
export async function warnIfReadableByOthers(console: Console, path: string): Promise<void> {
  if (process.platform === "win32") {
    return;
  }
  const { mode } = await stat(path);
  if ((mode & othersMayRead) !== 0) {
    const octal = (mode & 0o777).toString(8).padStart(3, "0");
    console.warn(
      `warning: other users of this machine can access ${path} (mode ${octal}). Restrict it to its owner: chmod 600.`,
    );
  }
}

/**
 * Reads tokens from a file, one per line. Empty lines and lines that begin with # are skipped.
 *
 * @throws CliError whose message never shows the contents of the file
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
        `Line ${index + 1} of the token file ${path} is not a token: a token has up to 1,024 visible ASCII characters and no spaces.`,
      );
    }
    tokens.push(line);
  }
  if (tokens.length === 0) {
    throw new CliError(
      `The token file ${path} has no token in it. Add one per line, or omit --token-file.`,
    );
  }
  return tokens;
}

/**
 * Reads a certificate and its key.
 *
 * @throws CliError
 */
export async function readTlsFiles(certFile: string, keyFile: string): Promise<TlsFiles> {
  return {
    cert: await readPem("--tls-cert", certFile),
    key: await readPem("--tls-key", keyFile),
  };
}

/**
 * Reads the certificates of the authorities that a client should trust.
 *
 * @throws CliError
 */
export async function readCertificates(file: string): Promise<string> {
  return readPem("--ca-file", file);
}

async function readPem(option: string, file: string): Promise<string> {
  let text: string;
  try {
    text = String(await readRegularFile(file, maxFileBytes));
  } catch (cause) {
    throw new CliError(`The file of ${option} can't be read: ${messageOf(cause)}`, { cause });
  }
  if (!text.includes("-----BEGIN ")) {
    throw new CliError(`The file of ${option}, ${file}, is not PEM: it has no line -----BEGIN ...`);
  }
  return text;
}
