import { existsSync } from "node:fs";
import { markerOf, unmark } from "./log-marker.ts";

/** What a thread tells of its file, to whoever takes the file's marker away at the end. */
export interface ExitMarker {
  /** The file is open. */
  opened(): void;
  /** The thread has ended. */
  ended(): void;
}

interface MarkedFile {
  readonly file: string;
  isOpened: boolean;
}

const files = new Set<MarkedFile>();
let listens = false;

/**
 * Takes the marker of a file away that a thread has open when this process exits by itself: its end closes the file behind
 * the thread's back, and SQLite then moves the log into the file and removes it, so that nothing is missing. The same holds for
 * a thread that ends without closing its file. To a process that is killed none of this happens.
 *
 * To be called in the process's first thread, too, where the file's thread was started by another one: only there an exit is
 * heard of. And to be called before the file is open, as that may take long.
 */
export function unmarkAtExit(file: string): ExitMarker {
  // One for all files: each listener of an emitter counts against its limit.
  if (!listens) {
    listens = true;
    process.on("exit", () => files.forEach(unmarkFile));
  }
  const marked: MarkedFile = { file, isOpened: false };
  files.add(marked);
  return {
    opened: () => {
      marked.isOpened = true;
    },
    ended: () => {
      files.delete(marked);
      // The marker first: whoever opens the file meanwhile makes the log before it.
      if (marked.isOpened && existsSync(markerOf(file)) && !hasLog(file)) {
        unmark(file);
      }
    },
  };
}

/** Where there is no log before the file is open, it was missing already. */
function unmarkFile({ file, isOpened }: MarkedFile): void {
  if (isOpened || hasLog(file)) {
    unmark(file);
  }
}

function hasLog(file: string): boolean {
  return existsSync(`${file}-wal`);
}
