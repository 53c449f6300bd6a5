import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Creates a directory and its parents if they are missing. Node's `mkdir` with `recursive` never returns if the parent
 * exists but the system says that it doesn't, as Linux does in /proc.
 *
 * @throws Error of the file system
 */
export function makeDirectory(path: string, mode?: number): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
  const parent = dirname(path);
  if (parent !== path) makeDirectory(parent, mode);
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    // Another process may have created it meanwhile.
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) throw error;
  }
}

/**
 * Creates a data directory if it is missing, with a `.gitignore` that keeps its content, including keys, out of
 * repositories. An existing one stays as it is.
 *
 * @throws Error of the file system
 */
export function makeDataDirectory(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
  makeDirectory(path);
  writeFileSync(join(path, ".gitignore"), "*\n", { mode: 0o600 });
}
