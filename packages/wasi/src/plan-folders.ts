import { readdir, readFile, readlink } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { InvalidOptionError } from "@flawless-ts/wasm-module";
import { optionNames, refuseUnknownOptions } from "@flawless-ts/wasm-module/internal";
import type { KeepContent } from "./content-arena.ts";
import type { PlannedFolder } from "./host/wasi-host.ts";
import { planFiles } from "./plan-files.ts";
import type { WasiFile, WasiFolder, WasiOptions } from "./wasi-options.ts";

type FolderOptions = Pick<WasiOptions, "files" | "folder" | "folders">;

const folderNames = optionNames<WasiFolder>({ files: true, from: true, readOnly: true });
const maxHostFiles = 100_000;
const maxHostBytes = 2 ** 30;

/**
 * Checks the folders for the program.
 *
 * @param keep copies the contents of the files
 * @throws InvalidOptionError
 */
export function planFolders(
  { files, folder, folders }: FolderOptions,
  keep: KeepContent,
): readonly PlannedFolder[] {
  if (folders === undefined) {
    const name = folder ?? "/";
    checkName("folder", name);
    return [{ name, prefix: "", files: planFiles(files ?? {}, keep), readOnly: false }];
  }
  const other = files !== undefined ? "files" : folder !== undefined ? "folder" : undefined;
  if (other !== undefined) {
    throw new InvalidOptionError(
      "folders",
      `it takes the place of \`${other}\`: give only one of them.`,
    );
  }
  const prefixes = new Set<string>();
  return Object.entries(folders).map(([name, { files: own = {}, readOnly = false }]) => {
    checkName("folders", name);
    const prefix = name.endsWith("/") ? name : `${name}/`;
    if (prefixes.has(prefix)) throw new InvalidOptionError("folders", `${name} is there twice.`);
    prefixes.add(prefix);
    return { name, prefix, files: planFiles(own, keep), readOnly };
  });
}

function checkName(option: string, name: unknown): void {
  if (typeof name === "string" && name !== "" && !name.includes("\0")) return;
  const came = typeof name === "string" ? JSON.stringify(name) : `a ${typeof name}`;
  throw new InvalidOptionError(
    option,
    `expected a name without NUL, such as \`/\`, but got ${came}.`,
  );
}

/**
 * Replaces folders of this machine by their current contents.
 *
 * @throws InvalidOptionError if one can't be read, or is too large
 */
export async function readHostFolders(options: WasiOptions): Promise<WasiOptions> {
  const { folders } = options;
  if (folders === undefined) return options;
  const read = Object.entries(folders).map(async ([name, folder]) => {
    refuseUnknownOptions(folder, folderNames, `folders.${name}`);
    const { from, files, ...rest } = folder;
    if (from === undefined) return [name, folder] as const;
    return [name, { ...rest, files: { ...(await readFolder(from)), ...files } }] as const;
  });
  return { ...options, folders: Object.fromEntries(await Promise.all(read)) };
}

async function readFolder(from: string | URL): Promise<Record<string, WasiFile>> {
  const top = from instanceof URL ? fileURLToPath(from) : resolve(from);
  const refused = (problem: string, cause?: unknown): InvalidOptionError =>
    new InvalidOptionError("folders", `cannot take the files of ${top}: ${problem}.`, { cause });
  try {
    const entries = await readdir(top, { withFileTypes: true, recursive: true });
    if (entries.length > maxHostFiles) {
      throw refused(`it has ${entries.length} entries, and ${maxHostFiles} may be taken`);
    }
    const files: Record<string, WasiFile> = {};
    let bytes = 0;
    for (const entry of entries) {
      const place = join(entry.parentPath, entry.name);
      const path = relative(top, place).split(sep).join("/");
      if (entry.isDirectory()) files[`${path}/`] = "";
      else if (entry.isSymbolicLink()) files[path] = { link: await readlink(place) };
      else if (entry.isFile()) {
        const content = await readFile(place);
        bytes += content.length;
        if (bytes > maxHostBytes) throw refused(`it has more than ${maxHostBytes} bytes`);
        files[path] = content;
      }
    }
    return files;
  } catch (error) {
    if (error instanceof InvalidOptionError) throw error;
    throw refused(error instanceof Error ? error.message : String(error), error);
  }
}
