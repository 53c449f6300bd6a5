import { existsSync, watch } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, dirname, resolve, sep } from "node:path";

/** The files that a build is about to read, as they are before it. */
export interface FileStates {
  /** The time, in milliseconds since 1970. */
  readonly since: number;
  /** What identifies the content of each file; null if it doesn't exist. */
  readonly states: ReadonlyMap<string, string | null>;
}

/**
 * Takes note of files, so that {@link waitForChange} can detect what happens to them before it begins to watch.
 *
 * @param files absolute paths, some of which may not exist
 */
export async function fileStates(files: readonly string[]): Promise<FileStates> {
  const since = Date.now();
  return { since, states: new Map(await Promise.all(files.map(fileState))) };
}

/** Whether one of the files that both know is not the same. */
export function haveChanged(before: FileStates, after: FileStates): boolean {
  return [...after.states].some(
    ([file, state]) => before.states.has(file) && before.states.get(file) !== state,
  );
}

/**
 * Waits until one of the files changes, appears, or disappears.
 *
 * @param files absolute paths, some of which may not exist; a path that ends in a slash means everything in that folder
 * @param before from {@link fileStates}: a change after it counts even if it was before the call. Of a file that is not in
 *   it, only its times are known, which don't reveal that its folder was moved.
 * @param signal ends the wait.
 * @returns false if the signal ended it.
 */
export async function waitForChange(
  files: readonly string[],
  before: FileStates,
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
  const changes = await Promise.all(files.map((file) => hasChanged(file, before)));
  if (changes.includes(true)) return true;
  return await changed.promise;
}

async function hasChanged(file: string, { since, states }: FileStates): Promise<boolean> {
  if (isFolder(file)) return false;
  const known = states.get(file);
  if (known !== undefined) {
    const [, state] = await fileState(file);
    return state !== known;
  }
  return await stat(file).then(
    // A file that was moved here has the time of its content.
    ({ mtimeMs, ctimeMs }) => Math.max(mtimeMs, ctimeMs) > since,
    () => false,
  );
}

async function fileState(file: string): Promise<readonly [string, string | null]> {
  const state = await stat(file).then(
    // The kernel's times may be the same for what happens within some milliseconds.
    ({ ino, mtimeMs, ctimeMs, size }) => `${ino} ${mtimeMs} ${ctimeMs} ${size}`,
    () => null,
  );
  return [file, state];
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
