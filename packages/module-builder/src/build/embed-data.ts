import { encodeU32 } from "@flawless-ts/wasm-module/internal";
import { activeData, passiveData, segmentsOf } from "./data-section.ts";
import {
  concat,
  i32Constant,
  list,
  listLength,
  readSections,
  writeModule,
} from "./module-bytes.ts";
import {
  exportsOf,
  functionBody,
  functionIndex,
  memoryInit,
  replaceBody,
} from "./module-functions.ts";

/**
 * Adds data to an engine that takes memory only when the engine needs it: in a passive segment. Passive segments come
 * first in an engine, so that they keep their numbers.
 *
 * @param functionName the engine's function that provides the data, a placeholder until now.
 */
export function embedData(
  engine: Uint8Array,
  functionName: string,
  data: Uint8Array,
): Uint8Array<ArrayBuffer> {
  return embed(engine, functionName, data, (segment) => embeddedDataBody(segment, data.length));
}

/**
 * Adds several pieces of data to an engine, one after the other, as {@link embedData} does. They begin with 32-bit
 * numbers: where each piece begins, and where the last one ends.
 *
 * @param functionName the engine's function that copies a range of the data, a placeholder until now.
 */
export function embedParts(
  engine: Uint8Array,
  functionName: string,
  parts: readonly Uint8Array[],
): Uint8Array<ArrayBuffer> {
  const places = new DataView(new ArrayBuffer((parts.length + 1) * 4));
  let next = places.byteLength;
  for (const [index, length] of [...parts.map((part) => part.length), 0].entries()) {
    places.setUint32(index * 4, next, true);
    next += length;
  }
  const data = concat([new Uint8Array(places.buffer), ...parts]);
  return embed(engine, functionName, data, pieceBody);
}

function embed(
  engine: Uint8Array,
  functionName: string,
  data: Uint8Array,
  body: (segment: number) => Uint8Array,
): Uint8Array<ArrayBuffer> {
  const sections = readSections(engine);
  const content = (name: Parameters<typeof sections.get>[0]): Uint8Array =>
    sections.get(name) ?? Uint8Array.of(0);
  const stored = segmentsOf(content("data"));
  const passive = [
    ...stored.flatMap(({ address, bytes }) => (address === undefined ? [passiveData(bytes)] : [])),
    passiveData(data),
  ];
  const active = stored.flatMap(({ address, bytes }) =>
    address === undefined ? [] : [activeData({ address, bytes })],
  );
  const segments = [...passive, ...active];
  const index =
    functionIndex(exportsOf(content("export")), functionName) - listLength(content("import"));
  const replacement = body(passive.length - 1);
  sections.set("code", replaceBody(content("code"), index, replacement));
  sections.set("data count", encodeU32(segments.length));
  sections.set("data", list(segments));
  return writeModule(sections);
}

/** `(target) -> length`: copies a segment to `target` unless that is null. */
export function embeddedDataBody(segment: number, bytes: number): Uint8Array {
  const localGet = 0x20;
  const ifBlock = [0x04, 0x40];
  const endOfBlock = 0x0b;
  const length = i32Constant(bytes);
  return functionBody([
    Uint8Array.of(localGet, 0, ...ifBlock, localGet, 0),
    i32Constant(0),
    length,
    memoryInit(segment),
    Uint8Array.of(endOfBlock),
    length,
  ]);
}

/** `(target, offset, length) -> ()`: copies a range of a segment. */
function pieceBody(segment: number): Uint8Array {
  const localGet = 0x20;
  return functionBody([Uint8Array.of(localGet, 0, localGet, 1, localGet, 2), memoryInit(segment)]);
}
