import { CliError, messageOf } from "@flawless-ts/http-service/program";
import { readRegularFile } from "@flawless-ts/wasm-module/internal/files";
import { readSecretsKey } from "../store/secrets-key.ts";

const maxFileBytes = 16 * 2 ** 20;
const prefix = "FLAWLESS_SECRET_";

/**
 * The secrets that guests may read: those in the file, a JSON object of names and texts, and those in environment variables
 * named `FLAWLESS_SECRET_NAME`.
 *
 * @throws CliError that never shows a secret
 */
export async function readSecrets(
  file: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Readonly<Record<string, string>>> {
  const secrets = new Map(file === undefined ? [] : await readSecretsFile(file));
  for (const [variable, value] of Object.entries(env)) {
    const name = variable.slice(prefix.length);
    if (!variable.startsWith(prefix) || name === "" || value === undefined) {
      continue;
    }
    const other = secrets.get(name);
    if (other !== undefined && other !== value) {
      throw new CliError(
        `The secret ${name} is given twice with different values, in ${file} and as ${variable}. Remove one of them.`,
      );
    }
    secrets.set(name, value);
  }
  return Object.fromEntries(secrets);
}

/**
 * The key that encrypts the journals of workflows that read secrets.
 *
 * @throws CliError that never shows it
 */
export async function readKey(file: string): Promise<Uint8Array> {
  let key: Uint8Array | undefined;
  try {
    key = await readSecretsKey(file);
  } catch (cause) {
    throw new CliError(messageOf(cause), { cause });
  }
  if (key === undefined) {
    throw new CliError(
      `There is no file ${file} for --secrets-key-file. Make one: openssl rand -hex 32 > ${file}`,
    );
  }
  return key;
}

async function readSecretsFile(file: string): Promise<[string, string][]> {
  let text: string;
  try {
    text = String(await readRegularFile(file, maxFileBytes));
  } catch (cause) {
    throw new CliError(`The secrets file can't be read: ${messageOf(cause)}`, { cause });
  }
  const entries = entriesOf(text);
  if (entries === undefined) {
    throw new CliError(
      `The secrets file ${file} has to hold a JSON object of names and texts, such as {"NAME": "text"}.`,
    );
  }
  return entries;
}

function entriesOf(text: string): [string, string][] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return undefined;
  }
  const entries = Object.entries(value);
  return entries.every((entry): entry is [string, string] => typeof entry[1] === "string")
    ? entries
    : undefined;
}
