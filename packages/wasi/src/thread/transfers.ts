/** Below this, copying is cheaper than transferring. */
const worthwhileBytes = 16 * 1024;

/**
 * The buffers of contents that are large enough to transfer to another thread instead of copying. Afterwards this
 * thread no longer has them.
 */
export function transfersOf(contents: Iterable<Uint8Array | null>): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  for (const content of contents) {
    if (content === null || content.length < worthwhileBytes) continue;
    if (content.buffer instanceof ArrayBuffer) buffers.add(content.buffer);
  }
  return [...buffers];
}
