import { statSync } from "node:fs";
import { stat } from "node:fs/promises";

/** How often the files are looked at, in milliseconds. */
const defaultIntervalMs = 2_000;

/**
 * Calls `changed` when one of the files changes after this was made, and on SIGHUP. Files are looked at by name: one that
 * is replaced, or reached by a link that is turned, is noticed, too. It keeps no process alive.
 */
export class WatchedFiles implements Disposable {
  // Not Node's `watchFile`: what that compares with is read some time after it was called, and a change before is lost.
  readonly #seen: Map<string, string>;
  readonly #changed: () => void;
  readonly #timer: NodeJS.Timeout;
  #isLooking = false;
  #isDisposed = false;

  constructor(
    paths: readonly string[],
    changed: () => void,
    options: { readonly intervalMs?: number } = {},
  ) {
    this.#changed = changed;
    this.#seen = new Map(paths.map((path) => [path, stateNow(path)]));
    this.#timer = setInterval(() => void this.#look(), options.intervalMs ?? defaultIntervalMs);
    this.#timer.unref();
    process.on("SIGHUP", this.#changed);
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    clearInterval(this.#timer);
    process.off("SIGHUP", this.#changed);
  }

  async #look(): Promise<void> {
    // A file system that is slow to answer is not asked again meanwhile.
    if (this.#isLooking) {
      return;
    }
    this.#isLooking = true;
    let isChanged = false;
    for (const [path, before] of this.#seen) {
      const now = await state(path);
      isChanged ||= now !== before;
      this.#seen.set(path, now);
    }
    this.#isLooking = false;
    if (isChanged && !this.#isDisposed) {
      this.#changed();
    }
  }
}

interface FileState {
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}

const missing = "missing";

async function state(path: string): Promise<string> {
  return stat(path, { bigint: true }).then(textOf, () => missing);
}

function stateNow(path: string): string {
  try {
    return textOf(statSync(path, { bigint: true }));
  } catch {
    return missing;
  }
}

/** With the time of the last change to the inode: `cp --preserve` sets back the other one. */
function textOf({ ino, size, mtimeNs, ctimeNs }: FileState): string {
  return [ino, size, mtimeNs, ctimeNs].join(" ");
}
