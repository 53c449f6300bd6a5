import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { dirname } from "node:path";
import { InvalidOptionError } from "@flawless-ts/wasm-module";

const keyBytes = 32;

/**
 * The secret key of an endpoint, by which its tickets find it: as 64 hexadecimal digits in a file that only its owner may
 * read. It is created if it doesn't exist.
 *
 * @throws {InvalidOptionError} naming `keyFile` if the file contains something else or can't be read.
 */
export function endpointKey(file: string): Uint8Array {
  const found = read(file);
  if (found !== undefined) return found;
  mkdirSync(dirname(file), { recursive: true });
  // Linked into place once it is complete. If two processes do so, the first one's key stays.
  const partial = `${file}.${process.pid}.${randomBytes(4).toString("hex")}`;
  writeFileSync(partial, `${randomBytes(keyBytes).toString("hex")}\n`, {
    mode: 0o600,
    flush: true,
  });
  try {
    linkSync(partial, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(partial);
  }
  chmodSync(file, 0o600);
  const made = read(file);
  if (made === undefined) throw damaged(file, "it is gone again");
  return made;
}

function read(file: string): Uint8Array | undefined {
  let text: string;
  try {
    text = readFileSync(file, "latin1").trim();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw damaged(file, (cause as Error).message);
  }
  if (!/^[0-9a-f]{64}$/i.test(text)) throw damaged(file, "it does not hold 64 hexadecimal digits");
  return Buffer.from(text, "hex");
}

function damaged(file: string, why: string): InvalidOptionError {
  return new InvalidOptionError(
    "keyFile",
    `expected ${file} to hold an endpoint's secret key, but ${why}. Without it, tickets that were given out are void; delete it to have a new one made.`,
  );
}
