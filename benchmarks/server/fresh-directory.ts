import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { cleanUpAtExit } from "./cleanup.ts";

/** A directory that is gone when it is disposed of, or at the end of this process. */
export interface FreshDirectory extends Disposable {
  readonly path: string;
}

/** Makes an empty directory below another one. */
export function makeFreshDirectory(parent: string): FreshDirectory {
  const path = mkdtempSync(join(parent, "flawless-benchmark-"));
  const remove = (): void => {
    // A killed server may still be about to write.
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

/** Bytes of all files in a directory but those that end in `.log`. */
export function bytesIn(directory: string): number {
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".log"))
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
