import { ByteReader } from "../byte-reader.ts";
import type { Section } from "../module-sections.ts";

const active = 0;
const passive = 1;
const i32Const = 0x41;
const end = 0x0b;

/** A data segment that is copied into memory when the module is instantiated. */
export interface InitialSegment {
  readonly index: number;
  readonly address: number;
  readonly length: number;
  /** Where its kind and address are in the file. */
  readonly start: number;
  readonly headEnd: number;
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
    const headEnd = reader.offset;
    const length = reader.u32();
    reader.skip(length);
    initial.push({ index, address, length, start, headEnd });
  }
  return { initial, passive: passives, count };
}
