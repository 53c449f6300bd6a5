import { ByteReader } from "./byte-reader.ts";
import { encodeU32 } from "./leb128.ts";
import type { Section } from "./module-sections.ts";

/** Bytes that replace those from `start` up to, but not including, `end`. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly replacement: Uint8Array;
}

/** Adds to the edits within a section the one for its size. */
export function editSection(section: Section | undefined, edits: readonly Edit[]): readonly Edit[] {
  if (section === undefined || edits.length === 0) return [];
  const growth = edits.reduce(
    (sum, { start, end, replacement }) => sum + replacement.length - (end - start),
    0,
  );
  const size = encodeU32(section.end - section.start + growth);
  return [{ start: section.sizeStart, end: section.start, replacement: size }, ...edits];
}

/** The edits that append entries to a section that is a list, after other edits within it. */
export function appendEntries(
  bytes: Uint8Array,
  section: Section,
  entries: readonly Uint8Array[],
  within: readonly Edit[] = [],
): readonly Edit[] {
  const { start, end } = section;
  const reader = new ByteReader(bytes, start, end, "section");
  const count = encodeU32(reader.u32() + entries.length);
  return editSection(section, [
    { start, end: reader.offset, replacement: count },
    ...within,
    ...entries.map((replacement) => ({ start: end, end, replacement })),
  ]);
}

/** Applies the edits, which are in order and don't overlap. */
export function applyEdits(bytes: Uint8Array, edits: readonly Edit[]): Uint8Array {
  const pieces: Uint8Array[] = [];
  let offset = 0;
  for (const { start, end, replacement } of edits) {
    pieces.push(bytes.subarray(offset, start), replacement);
    offset = end;
  }
  pieces.push(bytes.subarray(offset));
  const result = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let written = 0;
  for (const piece of pieces) {
    result.set(piece, written);
    written += piece.length;
  }
  return result;
}
