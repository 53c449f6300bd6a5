import type * as nodeUrl from "node:url";
import type * as nodePath from "node:path";
import { FlawlessError, InvalidOptionError } from "@flawless-ts/wasm-module/internal/client";
import { nodeBuiltin } from "@flawless-ts/wasm-module/internal/client-values";
import { readRegularFile } from "@flawless-ts/wasm-module/internal/files";
import { ModuleFileError } from "../errors/usage-errors.ts";

/** Far more than a server accepts. */
const maxModuleBytes = 2 ** 30;

const reading = "Reading a module's file";

/** A module: its bytes, or the path or `file:` URL of its `.wasm`. */
export type ModuleSource = Uint8Array | ArrayBuffer | string | URL;

/**
 * Gets a module's bytes.
 *
 * @throws {ModuleFileError} if the file can't be read, or there are no bytes.
 * @throws {InvalidOptionError} if it is neither bytes nor a path.
 * @throws {FlawlessError} the signal's reason, if it is aborted.
 */
export async function readModule(source: ModuleSource, signal: AbortSignal): Promise<Uint8Array> {
  const path = pathOf(source);
  const bytes = path === null ? bytesOf(source) : await readBytes(path, signal);
  if (bytes.byteLength > 0) return bytes;
  throw new ModuleFileError(
    `Expected a module, but ${path === null ? "got no bytes" : `${path} is empty`}.`,
    path,
  );
}

function pathOf(source: ModuleSource): string | null {
  if (typeof source === "string")
    return nodeBuiltin<typeof nodePath>("node:path", reading).resolve(source);
  if (!(source instanceof URL)) return null;
  if (source.protocol === "file:")
    return nodeBuiltin<typeof nodeUrl>("node:url", reading).fileURLToPath(source);
  throw new InvalidOptionError(
    "module",
    `expected a file: URL, but got one with ${source.protocol} Download it first.`,
  );
}

function bytesOf(source: unknown): Uint8Array {
  if (source instanceof Uint8Array) return source;
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  throw new InvalidOptionError(
    "module",
    "expected a Uint8Array, an ArrayBuffer, a path or a file: URL.",
  );
}

async function readBytes(path: string, signal: AbortSignal): Promise<Uint8Array> {
  try {
    return await readRegularFile(path, maxModuleBytes, { signal });
  } catch (cause) {
    if (signal.aborted && FlawlessError.is(signal.reason)) throw signal.reason;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ModuleFileError(
      `Cannot read the module's file ${path}: ${reason}. Has it been built, and is the path right?`,
      path,
      {
        cause,
      },
    );
  }
}
