import { ByteReader } from "../byte-reader.ts";
import type { Section } from "../module-sections.ts";

const active = 0;
const passive = 1;
const i32Const = 0x41;
const end = 0x0b;
/** For a shorter gap, copying its zeros takes less than another instruction, for which V8 (14) locks the module. */
const minGapBytes = 1024;

/** A data segment that is copied into memory when the module is instantiated. */
export interface InitialSegment {
  readonly address: number;
  readonly length: number;
  /** Where it is in the file, from its kind to the end of its bytes. */
  readonly start: number;
  readonly end: number;
}

/** A module's data segments. */
export interface DataImage {
  readonly initial: readonly InitialSegment[];
  /** Indices of segments that only an instruction copies. */
  readonly passive: ReadonlySet<number>;
  readonly count: number;
}

/** Reads the data section; undefined if an address is not a constant, or belongs to another memory than the first. */
export function readDataImage(
  bytes: Uint8Array,
  section: Section | undefined,
): DataImage | undefined {
  if (section === undefined) return { initial: [], passive: new Set(), count: 0 };
  const reader = new ByteReader(bytes, section.start, section.end, "data section");
  const initial: InitialSegment[] = [];
  const passives = new Set<number>();
  const count = reader.u32();
  for (let index = 0; index < count; index += 1) {
    const start = reader.offset;
    const kind = reader.byte();
    if (kind === passive) {
      passives.add(index);
      reader.skip(reader.u32());
      continue;
    }
    if (kind !== active || reader.byte() !== i32Const) return undefined;
    const address = reader.s32() >>> 0;
    if (reader.byte() !== end) return undefined;
    const length = reader.u32();
    reader.skip(length);
    initial.push({ address, length, start, end: reader.offset });
  }
  return { initial, passive: passives, count };
}

/** Bytes of the initial memory. */
export interface Extent {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** What the segments put into memory, by address. Short gaps between them become part of it, as zeros. */
export function joinSegments(file: Uint8Array, segments: readonly InitialSegment[]): Extent[] {
  const ranges: { start: number; end: number }[] = [];
  const rangeOf = new Map<InitialSegment, number>();
  for (const segment of segments.toSorted((a, b) => a.address - b.address)) {
    const { address, length } = segment;
    if (length === 0) continue;
    const last = ranges.at(-1);
    if (last === undefined || address >= last.end + minGapBytes) {
      ranges.push({ start: address, end: address + length });
    } else {
      last.end = Math.max(last.end, address + length);
    }
    rangeOf.set(segment, ranges.length - 1);
  }
  const extents = ranges.map(({ start, end: rangeEnd }) => ({
    address: start,
    bytes: new Uint8Array(rangeEnd - start),
  }));
  // A later segment overwrites an earlier one.
  for (const segment of segments) {
    const extent = extents[rangeOf.get(segment) ?? -1];
    const content = file.subarray(segment.end - segment.length, segment.end);
    extent?.bytes.set(content, segment.address - extent.address);
  }
  return extents;
}
