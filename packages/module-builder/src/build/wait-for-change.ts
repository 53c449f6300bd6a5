import { existsSync, watch } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, dirname, resolve, sep } from "node:path";

/**
 * Waits until one of the files changes, appears, or disappears.
 *
 * @param files absolute paths, some of which may not exist; a path that ends in a slash means everything in that folder
 * @param since a change after that time, in milliseconds since 1970, counts even if it was before the call.
 * @param signal ends the wait.
 * @returns false if the signal ended it.
 */
export async function waitForChange(
  files: readonly string[],
  since: number,
  signal: AbortSignal,
): Promise<boolean> {
  const changed = Promise.withResolvers<boolean>();
  using watchers = new DisposableStack();
  const stop = (): void => changed.resolve(false);
  signal.addEventListener("abort", stop);
  watchers.defer(() => signal.removeEventListener("abort", stop));
  if (signal.aborted) return false;
  // Watches folders, because editors replace the old file with a new one.
  for (const [folder, names] of watchedNames(files)) {
    // If the folder itself is moved, Linux reports its own name.
    const telling = new Set([...names, basename(folder)]);
    const watcher = watch(folder, (_, name) => {
      if (name === null || telling.has(name) || telling.has("")) changed.resolve(true);
    });
    // The folder disappeared, and its content with it.
    watcher.on("error", () => changed.resolve(true));
    watchers.defer(() => watcher.close());
  }
  const times = await Promise.all(
    files.map((file) =>
      stat(file).then(
        // A file that was moved here has the time of its content.
        ({ mtimeMs, ctimeMs }) => (isFolder(file) ? 0 : Math.max(mtimeMs, ctimeMs)),
        () => 0,
      ),
    ),
  );
  if (times.some((time) => time > since)) return true;
  return await changed.promise;
}

/**
 * Which names to watch in which folders: "" is everything. A folder that doesn't exist is replaced by its nearest
 * existing ancestor.
 */
function watchedNames(files: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  const all = new Map<string, Set<string>>();
  for (const file of files) {
    let [folder, name] = isFolder(file) ? [resolve(file), ""] : [dirname(file), basename(file)];
    while (!existsSync(folder) && dirname(folder) !== folder) {
      [folder, name] = [dirname(folder), basename(folder)];
    }
    const names = all.get(folder) ?? new Set();
    all.set(folder, names.add(name));
  }
  return all;
}

function isFolder(path: string): boolean {
  return path.endsWith("/") || path.endsWith(sep);
}
