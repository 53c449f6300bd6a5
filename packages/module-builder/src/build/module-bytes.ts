import {
  ByteReader,
  encodeS32,
  encodeU32,
  type SectionName,
  splitSections,
} from "@flawless-ts/wasm-module/internal";

const sectionNumbers: Readonly<Partial<Record<SectionName, number>>> = {
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  element: 9,
  "data count": 12,
  code: 10,
  data: 11,
};

/** The contents of a module's sections, without ids and lengths, in the order that WebAssembly requires. */
export type SectionContents = Map<SectionName, Uint8Array>;

/** Splits a module; custom sections are omitted. */
export function readSections(module: Uint8Array): SectionContents {
  const contents: SectionContents = new Map();
  const sections = splitSections(module);
  for (const name of Object.keys(sectionNumbers) as SectionName[]) {
    const section = sections.get(name);
    if (section !== undefined) contents.set(name, module.subarray(section.start, section.end));
  }
  return contents;
}

/** Joins sections to a module. */
export function writeModule(contents: SectionContents): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)];
  for (const [name, number] of Object.entries(sectionNumbers) as [SectionName, number][]) {
    const content = contents.get(name);
    if (content !== undefined) parts.push(Uint8Array.of(number), sized(content));
  }
  return concat(parts);
}

/** A WebAssembly list: the number of elements, then the elements. */
export function list(elements: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return concat([encodeU32(elements.length), ...elements]);
}

/** Bytes, preceded by their length. */
export function sized(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return concat([encodeU32(bytes.length), bytes]);
}

/** WebAssembly's encoding of text. */
export function text(value: string): Uint8Array<ArrayBuffer> {
  return sized(new TextEncoder().encode(value));
}

/** An `i32.const` instruction. */
export function i32Constant(value: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(0x41, ...encodeS32(value));
}

/** Appends elements to a list's content. */
export function extendList(
  content: Uint8Array,
  added: readonly Uint8Array[],
): Uint8Array<ArrayBuffer> {
  const reader = readerOf(content);
  const count = reader.u32();
  return concat([encodeU32(count + added.length), content.subarray(reader.offset), ...added]);
}

/** The number of elements in a list's content. */
export function listLength(content: Uint8Array | undefined): number {
  return content === undefined ? 0 : readerOf(content).u32();
}

/** Reads a section's content. */
export function readerOf(content: Uint8Array): ByteReader {
  return new ByteReader(content, 0, content.length, "engine");
}

/** Bytes one after the other. */
export function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
