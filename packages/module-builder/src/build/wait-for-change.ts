import { type FSWatcher, watch } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, dirname } from "node:path";

/** The files that a build is about to read, as they are before it. */
export interface FileStates {
  /** The time, in milliseconds since 1970. */
  readonly since: number;
  /** What identifies the content of each file, or a folder in its place; null if it doesn't exist. */
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
 * @param files absolute paths, some of which may not exist
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
  for (const [folder, names] of namesByFolder(files)) {
    watchers.use(watchNames(folder, names, () => changed.resolve(true)));
  }
  const changes = await Promise.all(files.map((file) => hasChanged(file, before)));
  if (changes.includes(true)) return true;
  return await changed.promise;
}

async function hasChanged(file: string, { since, states }: FileStates): Promise<boolean> {
  const known = states.get(file);
  if (known !== undefined) {
    const [, state] = await fileState(file);
    return state !== known;
  }
  return await stat(file).then(
    // Not the time of its content, which a file keeps when it is moved here, and which may lie in the future.
    (stats) => !stats.isDirectory() && stats.ctimeMs > since,
    () => false,
  );
}

async function fileState(file: string): Promise<readonly [string, string | null]> {
  const state = await stat(file).then(
    (stats) => {
      const { ino, mtimeMs, ctimeMs, size } = stats;
      // A folder's times change with each file in it, such as those that a build creates for a moment.
      if (stats.isDirectory()) return `folder ${ino}`;
      // The kernel's times may be the same for what happens within some milliseconds.
      return `${ino} ${mtimeMs} ${ctimeMs} ${size}`;
    },
    () => null,
  );
  return [file, state];
}

function namesByFolder(files: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  const all = new Map<string, Set<string>>();
  for (const file of files) {
    const folder = dirname(file);
    const names = all.get(folder) ?? new Set();
    all.set(folder, names.add(basename(file)));
  }
  return all;
}

/**
 * Watches a folder, because editors replace the old file with a new one. Instead of a folder that doesn't exist, its
 * nearest existing ancestor is watched for the next part of the path.
 */
function watchNames(folder: string, names: ReadonlySet<string>, changed: () => void): Disposable {
  // If the folder itself is moved, Linux reports its own name.
  const telling = new Set([...names, basename(folder)]);
  let watcher: FSWatcher;
  try {
    watcher = watch(folder, (_, name) => {
      if (name === null || telling.has(name)) changed();
    });
  } catch (error) {
    // Asking whether it exists before would not help: it may disappear in between.
    if (!isMissing(error) || dirname(folder) === folder) throw error;
    return watchNames(dirname(folder), new Set([basename(folder)]), changed);
  }
  // The folder disappeared, and its content with it.
  watcher.on("error", changed);
  return { [Symbol.dispose]: () => watcher.close() };
}

function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "ENOENT" || code === "ENOTDIR";
}
