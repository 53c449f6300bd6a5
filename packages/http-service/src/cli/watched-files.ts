import { statSync } from "node:fs";
import { stat } from "node:fs/promises";

/** How often the files are checked, in milliseconds. */
const defaultIntervalMs = 2_000;

/**
 * Calls `changed` when one of the files has changed since this was created, and on SIGHUP. It checks files by name, so that
 * it also notices a replaced file or a redirected link. It doesn't keep the process alive.
 */
export class WatchedFiles implements Disposable {
  // Not Node's `watchFile`: it reads its baseline some time after the call, so that earlier changes would be lost.
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
    // Don't ask a slow file system again while it is still busy.
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

/** Includes the time of the inode's last change, because `cp --preserve` resets the modification time. */
function textOf({ ino, size, mtimeNs, ctimeNs }: FileState): string {
  return [ino, size, mtimeNs, ctimeNs].join(" ");
}
