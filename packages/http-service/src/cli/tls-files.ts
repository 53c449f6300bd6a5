import { readRegularFile } from "@flawless-ts/wasm-module/internal/files";
import type { TlsFiles } from "../tls-identity.ts";
import { CliError, messageOf } from "./cli-error.ts";

/** All authorities that a system trusts take a quarter of a megabyte. */
const maxFileBytes = 16 * 2 ** 20;

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
 * Reads the certificates of authorities that a client is to trust.
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
    throw new CliError(`The file of ${option}, ${file}, is no PEM: it has no line -----BEGIN ...`);
  }
  return text;
}
