import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { cleanUpAtExit } from "./cleanup.ts";

/** A directory that is deleted when it is disposed of, or when this process ends. */
export interface FreshDirectory extends Disposable {
  readonly path: string;
}

/** Creates an empty directory in another one. */
export function makeFreshDirectory(parent: string): FreshDirectory {
  const path = mkdtempSync(join(parent, "flawless-benchmark-"));
  const remove = (): void => {
    // A killed server may still write.
    rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  };
  const takeBack = cleanUpAtExit(remove);
  return {
    path,
    [Symbol.dispose]() {
      remove();
      takeBack();
    },
  };
}

/** The size in bytes of all files in a directory, except those that end in `.log`. */
export function bytesIn(directory: string): number {
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".log"))
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
