import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Makes a directory, and those above it, where they are missing. `mkdir` of Node with `recursive` never returns where
 * the directory above is there, but the system says that it is not, as Linux does in /proc.
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
    // Another process may have been faster.
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) throw error;
  }
}

/**
 * Makes a directory for data where it is missing, with a `.gitignore` that keeps all of it, keys too, out of repositories.
 * One that is there is left as it is.
 *
 * @throws Error of the file system
 */
export function makeDataDirectory(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
  makeDirectory(path);
  writeFileSync(join(path, ".gitignore"), "*\n", { mode: 0o600 });
}
