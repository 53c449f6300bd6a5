import { unmark } from "./log-marker.ts";

const open = new Set<string>();
let listens = false;

/**
 * Takes the marker of an open file away when this process exits by itself: its end closes the file behind the thread's
 * back, and SQLite then moves the log into the file and removes it, so that nothing is missing. To a process that is
 * killed none of this happens.
 *
 * @returns to be called when the file is closed
 */
export function unmarkAtExit(file: string): () => void {
  // One for all files: each listener of an emitter counts against its limit.
  if (!listens) {
    listens = true;
    process.on("exit", () => open.forEach(unmark));
  }
  open.add(file);
  return () => open.delete(file);
}
