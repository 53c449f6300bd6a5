import { watch } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";

/**
 * Waits until one of the files changes.
 *
 * @param since a change after that time, in milliseconds since 1970, counts even if it was before the call.
 * @param signal ends the waiting.
 * @returns false when the signal ended it.
 */
export async function waitForChange(
  files: readonly string[],
  since: number,
  signal: AbortSignal,
): Promise<boolean> {
  const changed = Promise.withResolvers<boolean>();
  const watched = new Set(files);
  using watchers = new DisposableStack();
  const stop = (): void => changed.resolve(false);
  signal.addEventListener("abort", stop);
  watchers.defer(() => signal.removeEventListener("abort", stop));
  if (signal.aborted) return false;
  // Directories, because editors put another file in place of the old one.
  for (const directory of new Set(files.map((file) => dirname(file)))) {
    const watcher = watch(directory, (_, name) => {
      if (name === null || watched.has(resolve(directory, name))) changed.resolve(true);
    });
    watcher.on("error", changed.reject);
    watchers.defer(() => watcher.close());
  }
  const times = await Promise.all(
    files.map((file) =>
      stat(file).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    ),
  );
  if (times.some((time) => time > since)) return true;
  return await changed.promise;
}
