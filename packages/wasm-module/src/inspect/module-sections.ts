import { ByteReader } from "./byte-reader.ts";
import { describeForeignFormat } from "./foreign-format.ts";
import { ModuleError } from "./module-error.ts";

/** A module's sections except custom ones, in the order that WebAssembly prescribes, by number. */
const sectionNames: ReadonlyMap<number, SectionName> = new Map([
  [1, "type"],
  [2, "import"],
  [3, "function"],
  [4, "table"],
  [5, "memory"],
  [13, "tag"],
  [6, "global"],
  [7, "export"],
  [8, "start"],
  [9, "element"],
  [12, "data count"],
  [10, "code"],
  [11, "data"],
]);
const customSection = 0;
const sectionOrder = [...sectionNames.values()];

/** A section's name in the WebAssembly specification. */
export type SectionName =
  | "type"
  | "import"
  | "function"
  | "table"
  | "memory"
  | "tag"
  | "global"
  | "export"
  | "start"
  | "element"
  | "data count"
  | "code"
  | "data";

/** The location of a section in the file. Offsets are in bytes from its start. */
export interface Section {
  /** Offset of the section's size, right after its number. */
  readonly sizeStart: number;
  /** Offset of the content. */
  readonly start: number;
  /** Offset after the content. */
  readonly end: number;
}

/** A module's sections, without the custom ones. */
export type Sections = ReadonlyMap<SectionName, Section>;

const magic = [0x00, 0x61, 0x73, 0x6d];
const headerLength = 8;
/** Linkers write about twenty. A file of nothing but tiny custom sections would keep this reader busy for seconds. */
const maxSections = 10_000;

/**
 * Splits a file into its sections.
 *
 * @throws {ModuleError} if it is not a WebAssembly module, truncated, or has duplicate sections or a wrong order.
 */
export function splitSections(bytes: Uint8Array): Sections {
  checkHeader(bytes);
  const sections = new Map<SectionName, Section>();
  let previous = -1;
  let count = 0;
  for (let offset = headerLength; offset < bytes.length;) {
    count += 1;
    if (count > maxSections) {
      throw malformed(`There are more than ${maxSections} sections before offset ${offset}`);
    }
    const id = bytes[offset];
    const section = readExtent(bytes, offset + 1);
    if (id === customSection) {
      // Only the name of a custom section is prescribed.
      new ByteReader(bytes, section.start, section.end, "custom section").name();
    } else {
      const name = id === undefined ? undefined : sectionNames.get(id);
      if (name === undefined)
        throw malformed(`There is no section number ${id}, as at offset ${offset}`);
      if (sections.has(name)) {
        throw new ModuleError(
          "FLAWLESS_MODULE_DUPLICATE_SECTION",
          `There is a second ${name} section at offset ${offset}: the file is damaged.`,
        );
      }
      const position = sectionOrder.indexOf(name);
      if (position < previous) {
        throw malformed(
          `The ${name} section at offset ${offset} comes after the ${sectionOrder[previous]} section`,
        );
      }
      previous = position;
      sections.set(name, section);
    }
    offset = section.end;
  }
  return sections;
}

/**
 * Finds the first custom section with a name.
 *
 * @returns its content after the name; undefined if there is none.
 * @throws {ModuleError} if it is not a WebAssembly module, or truncated.
 */
export function readCustomSection(bytes: Uint8Array, wanted: string): Uint8Array | undefined {
  checkHeader(bytes);
  for (let offset = headerLength; offset < bytes.length;) {
    const { start, end } = readExtent(bytes, offset + 1);
    if (bytes[offset] === customSection) {
      const reader = new ByteReader(bytes, start, end, "custom section");
      if (reader.name() === wanted) return bytes.subarray(reader.offset, end);
    }
    offset = end;
  }
  return undefined;
}

function checkHeader(bytes: Uint8Array): void {
  const isWasm =
    bytes.length > 0 &&
    magic.every((byte, index) => index >= bytes.length || bytes[index] === byte);
  if (!isWasm) {
    const what = describeForeignFormat(bytes);
    throw new ModuleError(
      "FLAWLESS_MODULE_NOT_WASM",
      `Expected a WebAssembly module, but got ${what}${what.endsWith("?") ? "" : "."}`,
    );
  }
  if (bytes.length < headerLength) throw truncated(bytes, "header");
  const view = new DataView(bytes.buffer, bytes.byteOffset, headerLength);
  const version = view.getUint16(4, true);
  const layer = view.getUint16(6, true);
  if (layer === 1) {
    throw new ModuleError(
      "FLAWLESS_MODULE_IS_COMPONENT",
      "Expected a core WebAssembly module, but got a component. Build for wasm32-unknown-unknown, without " +
        "cargo-component and without a wasm32-wasip2 target.",
    );
  }
  if (layer !== 0 || version !== 1) {
    throw new ModuleError(
      "FLAWLESS_MODULE_UNSUPPORTED_VERSION",
      `Expected WebAssembly version 1, but got version ${version}${layer === 0 ? "" : ` of layer ${layer}`}.`,
    );
  }
}

function readExtent(bytes: Uint8Array, sizeStart: number): Section {
  // Five bytes suffice for a size; a file that ends within them is truncated, not malformed.
  const sizeEnd = Math.min(sizeStart + 5, bytes.length);
  const last = bytes.subarray(sizeStart, sizeEnd).findIndex((byte) => byte < 0x80);
  if (last === -1 && sizeEnd === bytes.length) throw truncated(bytes, "size of a section");
  const reader = new ByteReader(bytes, sizeStart, sizeEnd, "size of a section");
  const size = reader.u32();
  const start = reader.offset;
  if (size > bytes.length - start) {
    throw truncated(bytes, `section that starts at offset ${start} and should have ${size} bytes`);
  }
  return { sizeStart, start, end: start + size };
}

function truncated(bytes: Uint8Array, where: string): ModuleError {
  return new ModuleError(
    "FLAWLESS_MODULE_TRUNCATED",
    `The file ends at offset ${bytes.length}, in the middle of the ${where}: it was cut off.`,
  );
}

function malformed(problem: string): ModuleError {
  return new ModuleError("FLAWLESS_MODULE_MALFORMED", `${problem}: the file is damaged.`);
}
