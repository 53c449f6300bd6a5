/** Below this, copying is cheaper than handing over. */
const worthwhileBytes = 16 * 1024;

/**
 * The buffers of the contents that are large enough to be handed to another thread instead of copied. After that,
 * this thread has them no more.
 */
export function transfersOf(contents: Iterable<Uint8Array | null>): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  for (const content of contents) {
    if (content === null || content.length < worthwhileBytes) continue;
    if (content.buffer instanceof ArrayBuffer) buffers.add(content.buffer);
  }
  return [...buffers];
}
