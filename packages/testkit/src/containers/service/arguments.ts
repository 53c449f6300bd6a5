import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { ModuleSource } from "@flawless-ts/sdk";
import type { ContainerFile } from "./service-container.ts";

/** More arguments for a command, in the format of the variable that the entrypoint reads. */
export function argumentsVariable(
  name: string,
  args: readonly string[],
): Readonly<Record<string, string>> {
  return args.length === 0 ? {} : { [name]: JSON.stringify(args) };
}

/** Modules as files in a container, with the arguments that refer to them. */
export interface ModuleFiles {
  readonly files: readonly ContainerFile[];
  readonly args: readonly string[];
}

/** Reads modules, to copy into a container for `--module`. */
export async function moduleFiles(sources: readonly ModuleSource[]): Promise<ModuleFiles> {
  const files = await Promise.all(
    sources.map(async (source, index) => ({
      target: `/opt/flawless-modules/${index + 1}.wasm`,
      content: await bytesOf(source),
    })),
  );
  return { files, args: files.flatMap(({ target }) => ["--module", target]) };
}

async function bytesOf(source: ModuleSource): Promise<Buffer> {
  if (typeof source === "string") {
    return readFile(source);
  }
  if (source instanceof URL) {
    return readFile(fileURLToPath(source));
  }
  return source instanceof ArrayBuffer
    ? Buffer.from(source)
    : Buffer.from(source.buffer, source.byteOffset, source.byteLength);
}

/** Tokens, as the file for `--token-file`. */
export function tokenFile(
  role: "flawless" | "control-plane",
  tokens: readonly string[],
): ModuleFiles {
  if (tokens.length === 0) {
    return { files: [], args: [] };
  }
  const target = `/opt/flawless-tokens/${role}`;
  return {
    files: [{ target, content: `${tokens.join("\n")}\n` }],
    args: ["--token-file", target],
  };
}
