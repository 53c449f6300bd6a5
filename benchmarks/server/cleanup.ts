const pending = new Set<() => void>();

process.on("exit", () => {
  // The latest first: a server is killed before its directory is removed.
  for (const cleanUp of [...pending].toReversed()) {
    cleanUp();
  }
});

/**
 * Has something done when this process ends, in case it ends too early for anybody else to do it.
 * @returns what takes that back
 */
export function cleanUpAtExit(cleanUp: () => void): () => void {
  pending.add(cleanUp);
  return () => pending.delete(cleanUp);
}
