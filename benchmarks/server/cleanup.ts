const pending = new Set<() => void>();

process.on("exit", () => {
  // The latest first: a server is killed before its directory is deleted.
  for (const cleanUp of [...pending].toReversed()) {
    cleanUp();
  }
});

/**
 * Calls a function when this process ends, in case it ends before regular cleanup.
 * @returns a function that undoes this
 */
export function cleanUpAtExit(cleanUp: () => void): () => void {
  pending.add(cleanUp);
  return () => pending.delete(cleanUp);
}
