import { type Stats, unwatchFile, watchFile } from "node:fs";

/** How often the files are looked at, in milliseconds. */
const defaultIntervalMs = 2_000;

/**
 * Calls `changed` when one of the files changes, and on SIGHUP. Files are looked at by name: one that is replaced, or
 * reached by a link that is turned, is noticed, too. It keeps no process alive.
 */
export class WatchedFiles implements Disposable {
  readonly #paths: readonly string[];
  readonly #changed: () => void;
  readonly #looked: (now: Stats, before: Stats) => void;

  constructor(
    paths: readonly string[],
    changed: () => void,
    options: { readonly intervalMs?: number } = {},
  ) {
    this.#paths = paths;
    this.#changed = changed;
    this.#looked = (now, before) => {
      const isSame =
        now.mtimeMs === before.mtimeMs && now.ino === before.ino && now.size === before.size;
      if (!isSame) {
        changed();
      }
    };
    const interval = options.intervalMs ?? defaultIntervalMs;
    for (const path of paths) {
      watchFile(path, { interval, persistent: false }, this.#looked);
    }
    process.on("SIGHUP", this.#changed);
  }

  [Symbol.dispose](): void {
    for (const path of this.#paths) {
      unwatchFile(path, this.#looked);
    }
    process.off("SIGHUP", this.#changed);
  }
}
