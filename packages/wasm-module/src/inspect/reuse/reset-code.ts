import { code, type Code } from "./code.ts";
import type { Extent } from "./data-image.ts";

// Code that makes a memory as it was when its instance was new.

/** Bytes that are looked at together. */
const blockBytes = 256;
const vectorBytes = 16;

/** Takes the addresses of the first byte and after the last one, both at blocks; zeroes all blocks that are not zero. */
export const cleanBody: Code = [
  code.locals(0),
  code.block(
    code.loop(
      ...[code.localGet(0), code.localGet(1), code.i32GeU, code.brIf(1)],
      ...Array.from({ length: blockBytes / vectorBytes }, (_, index): Code => [
        code.localGet(0),
        code.vectorLoad(index * vectorBytes),
        index === 0 ? [] : code.vectorOr,
      ]),
      code.vectorAnyTrue,
      code.if(code.localGet(0), code.i32Const(0), code.i32Const(blockBytes), code.memoryFill),
      ...[code.localGet(0), code.i32Const(blockBytes), code.i32Add, code.localSet(0)],
      code.br(0),
    ),
  ),
  code.end,
];

interface Gap {
  readonly start: number;
  readonly end: number;
}

/** What the extents leave, in order. */
export function gapsBetween(extents: readonly Extent[], size: number): readonly Gap[] {
  const gaps: Gap[] = [];
  let covered = 0;
  for (const { address, bytes } of extents) {
    if (address > covered) gaps.push({ start: covered, end: address });
    covered = address + bytes.length;
  }
  if (covered < size) gaps.push({ start: covered, end: size });
  return gaps;
}

/** Zeroes a gap: only blocks that are not zero, so that pages nobody wrote to need no memory. */
export function cleanGap({ start, end }: Gap, cleanIndex: number): Code {
  const first = Math.ceil(start / blockBytes) * blockBytes;
  const last = Math.floor(end / blockBytes) * blockBytes;
  if (first >= last) return fill(start, end);
  return [
    fill(start, first),
    ...[code.i32Const(first), code.i32Const(last), code.call(cleanIndex)],
    fill(last, end),
  ];
}

function fill(start: number, end: number): Code {
  if (start === end) return [];
  return [code.i32Const(start), code.i32Const(0), code.i32Const(end - start), code.memoryFill];
}

/** Copies the extents into memory, from passive segments of which the first has this index. */
export function copyExtents(extents: readonly Extent[], firstSegment: number): Code {
  return extents.map(({ address, bytes }, index) => [
    code.i32Const(address),
    code.i32Const(0),
    code.i32Const(bytes.length),
    code.memoryInit(firstSegment + index),
  ]);
}
