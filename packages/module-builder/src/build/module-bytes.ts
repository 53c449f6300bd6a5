import {
  ByteReader,
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

/** The content of a module's sections, without their numbers and lengths, in the order that WebAssembly prescribes. */
export type SectionContents = Map<SectionName, Uint8Array>;

/** Splits a module; custom sections are left out. */
export function readSections(module: Uint8Array): SectionContents {
  const contents: SectionContents = new Map();
  const sections = splitSections(module);
  for (const name of Object.keys(sectionNumbers) as SectionName[]) {
    const section = sections.get(name);
    if (section !== undefined) contents.set(name, module.subarray(section.start, section.end));
  }
  return contents;
}

/** Puts a module together. */
export function writeModule(contents: SectionContents): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)];
  for (const [name, number] of Object.entries(sectionNumbers) as [SectionName, number][]) {
    const content = contents.get(name);
    if (content !== undefined) parts.push(Uint8Array.of(number), sized(content));
  }
  return concat(parts);
}

/** A list as WebAssembly has it: the number of its elements, and they. */
export function list(elements: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return concat([encodeU32(elements.length), ...elements]);
}

/** Bytes with their length before them. */
export function sized(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return concat([encodeU32(bytes.length), bytes]);
}

/** Text as WebAssembly has it. */
export function text(value: string): Uint8Array<ArrayBuffer> {
  return sized(new TextEncoder().encode(value));
}

/** A constant as an instruction: `i32.const`. */
export function i32Constant(value: number): Uint8Array<ArrayBuffer> {
  const bytes = [0x41];
  let rest = value | 0;
  // Signed LEB128: done when what is left is all sign, and the last byte's sign bit says the same.
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    const done = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
    bytes.push(done ? low : low | 0x80);
    if (done) return Uint8Array.from(bytes);
  }
}

/** Adds elements to a list's content. */
export function extendList(
  content: Uint8Array,
  added: readonly Uint8Array[],
): Uint8Array<ArrayBuffer> {
  const reader = readerOf(content);
  const count = reader.u32();
  return concat([encodeU32(count + added.length), content.subarray(reader.offset), ...added]);
}

/** How many elements a list's content has. */
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
