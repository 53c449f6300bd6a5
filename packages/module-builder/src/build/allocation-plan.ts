/** What the engine needs to place allocations that are freed and those that stay live apart: `engine/src/plan.rs`. */
export interface AllocationPlan {
  /** The number of allocations. */
  readonly allocations: number;
  /** A bit for each allocation, in order, lowest bit of a byte first: set if it was freed. */
  readonly freed: Uint8Array;
  /** Room for these bits and for everything that was freed, in bytes. */
  readonly areaBytes: number;
  /** Enough room for everything that stays live, in bytes. */
  readonly keptBytes: number;
}

/** Takes the place of the size if something is freed. */
const freedMark = 0xffff_ffff;
/** The max overhead of each allocation in the area: a header, and the padding for its alignment. */
const overheadBytes = 16;
/** What is left of the room for live allocations is used first when a workflow runs: this is enough for most. */
const spareBytes = 48 * 1024;

/**
 * Finds which allocations were freed.
 *
 * @param events in order; two numbers each: the address, and the size in bytes or the mark for a free.
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

/** At least the size that the engine rounds to: `SIZES` in `engine/src/heap.rs`. */
function roundedBytes(size: number): number {
  return Math.max(16, Math.ceil((size + size / 8) / 8) * 8);
}
