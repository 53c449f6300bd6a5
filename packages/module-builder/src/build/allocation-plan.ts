/** What the engine needs to put what it keeps and what it frees in different places: `engine/src/plan.rs`. */
export interface AllocationPlan {
  /** How many things were allocated. */
  readonly allocations: number;
  /** A bit for each of them, in order, the lowest of a byte first: set where it was freed. */
  readonly freed: Uint8Array;
  /** Room for these bits and for all that was freed, in bytes. */
  readonly areaBytes: number;
  /** Enough room for what was kept, in bytes. */
  readonly keptBytes: number;
}

/** In place of a size where something is freed. */
const freedMark = 0xffff_ffff;
/** What each thing in the area takes beside itself, at most: a header, and up to its alignment. */
const overheadBytes = 16;
/** What is left of the room for what is kept is what a workflow takes first: enough for most of them. */
const spareBytes = 48 * 1024;

/**
 * Finds out what of all that was allocated was freed.
 *
 * @param events in order; two numbers each: where, and how many bytes, or else that it is freed.
 */
export function allocationPlan(events: Uint32Array): AllocationPlan {
  const live = new Map<number, { readonly index: number; readonly size: number }>();
  const freedIndices: number[] = [];
  let allocations = 0;
  let freedBytes = 0;
  for (let event = 0; event + 1 < events.length; event += 2) {
    const place = events[event] ?? 0;
    const size = events[event + 1] ?? 0;
    if (size !== freedMark) {
      live.set(place, { index: allocations, size });
      allocations += 1;
      continue;
    }
    const found = live.get(place);
    if (found === undefined) continue;
    live.delete(place);
    freedIndices.push(found.index);
    freedBytes += found.size + overheadBytes;
  }
  const freed = new Uint8Array(Math.ceil(allocations / 8));
  for (const index of freedIndices)
    freed[index >> 3] = (freed[index >> 3] ?? 0) | (1 << (index & 7));
  const keptBytes = [...live.values()].reduce((sum, { size }) => sum + roundedBytes(size), 0);
  return {
    allocations,
    freed,
    areaBytes: freed.length + overheadBytes + freedBytes,
    keptBytes: keptBytes + spareBytes,
  };
}

/** At least what the engine rounds a size up to: `SIZES` in `engine/src/heap.rs`. */
function roundedBytes(size: number): number {
  return Math.max(16, Math.ceil((size + size / 8) / 8) * 8);
}
