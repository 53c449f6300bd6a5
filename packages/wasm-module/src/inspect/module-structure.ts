import { ByteReader } from "./byte-reader.ts";
import type { Arity } from "./function-cost.ts";
import { ModuleError } from "./module-error.ts";
import { type SectionName, type Sections, splitSections } from "./module-sections.ts";

/** The kinds of imports and exports. */
export type ExternKind = "function" | "table" | "memory" | "global" | "tag";

/** A function's type, as WebAssembly's text format writes it: `(i32, i32) -> i32`. */
export type FunctionType = string;

/** An import as in the file. */
export interface RawImport {
  readonly module: string;
  readonly name: string;
  readonly kind: ExternKind;
  /** The type if it is a function, otherwise `null`. */
  readonly functionType: FunctionType | null;
}

/** An export as in the file. */
export interface RawExport {
  readonly name: string;
  readonly kind: ExternKind;
  /** The type if it is a function, otherwise `null`. */
  readonly functionType: FunctionType | null;
}

/** The minimum and maximum of a memory (in pages) or table (in elements), and their location in the file. */
export interface Limits {
  readonly minimum: number;
  /** `null` for as large as the engine allows. */
  readonly maximum: number | null;
  readonly shared: boolean;
  /** Whether addresses or indices have 64 bits instead of 32. */
  readonly is64: boolean;
  /** Offset of the flags byte. */
  readonly start: number;
  /** Offset after the minimum. */
  readonly minimumEnd: number;
  /** Offset after the maximum, or after the minimum if there is none. */
  readonly end: number;
}

/** The parts of a module that determine whether it fits its host. */
export interface ModuleStructure {
  readonly sections: Sections;
  readonly imports: readonly RawImport[];
  readonly exports: readonly RawExport[];
  /** The module's own memories, without imported ones. */
  readonly memories: readonly Limits[];
  /** The module's own tables, without imported ones. */
  readonly tables: readonly Limits[];
  /** The function types, and their location in the file. */
  readonly types: readonly TypeEntry[];
  /** Types of the functions: imported ones first, then the module's own. */
  readonly functions: readonly Arity[];
  /** The number of imported functions. */
  readonly importedFunctions: number;
  /** The number of entries that a section declares; 0 if there is no such section. */
  count(section: CountedSection): number;
}

/** A function's type as in the file. */
export interface TypeEntry extends Arity {
  readonly text: FunctionType;
  readonly start: number;
  readonly end: number;
}

/** A section that is a list whose entries each cost the engine memory. */
export type CountedSection = keyof typeof maxEntries;

/**
 * The max entries of the sections. Engines accept a million or more of most ("Implementation-defined limits" of the
 * WebAssembly JavaScript Interface), and pay for each in every instance: an export costs V8 360 bytes and 2
 * microseconds, a table 350 bytes. Large
 * public modules stay far below (esbuild 0.28: 5,307 functions, 11 types; typst.ts 0.7: 23,882 functions, 260 types;
 * SQLite 3.41: 241 exports, 91 types), except for data segments, which cost almost nothing: Go's linker writes 98,450
 * of them for esbuild, and engines accept no more than 100,000.
 */
const maxEntries = {
  type: 2_000,
  import: 1_000,
  function: 100_000,
  table: 100,
  memory: 100,
  tag: 1_000,
  global: 50_000,
  export: 10_000,
  element: 10_000,
  data: 100_000,
} as const;
const maxParameters = 1000;
const maxTypesShown = 8;
/** The max values of an exception: V8 stores four objects for each 64-bit value. */
const maxCarried = 16;
const tableTypes: ReadonlySet<string> = new Set(["funcref", "externref", "ref"]);
/** `exn` and `noexn`, as heap types. */
const exceptionTypes: ReadonlySet<number> = new Set([0x69, 0x74]);

const externKinds: readonly ExternKind[] = ["function", "table", "memory", "global", "tag"];
const valueTypes: ReadonlyMap<number, string> = new Map([
  [0x7f, "i32"],
  [0x7e, "i64"],
  [0x7d, "f32"],
  [0x7c, "f64"],
  [0x7b, "v128"],
  [0x70, "funcref"],
  [0x6f, "externref"],
]);

/**
 * Reads a module's imports, exports, memories and tables.
 *
 * @throws {ModuleError} if the file is broken or uses features whose encoding this reader doesn't know.
 */
export function parseModule(bytes: Uint8Array): ModuleStructure {
  const sections = splitSections(bytes);

  function openList(name: CountedSection): { reader: ByteReader; count: number } | undefined {
    const section = sections.get(name);
    if (section === undefined) return undefined;
    const reader = new ByteReader(bytes, section.start, section.end, `${name} section`);
    const count = reader.u32();
    if (count > maxEntries[name]) {
      // Each entry has at least one byte.
      throw count > section.end - reader.offset
        ? reader.malformed(`lists ${count} entries, but has fewer bytes`)
        : tooManyEntries(name, count);
    }
    return { reader, count };
  }

  function readList<T>(name: CountedSection, readEntry: (reader: ByteReader) => T): T[] {
    const list = openList(name);
    if (list === undefined) return [];
    const entries: T[] = [];
    for (let left = list.count; left > 0; left -= 1) entries.push(readEntry(list.reader));
    list.reader.expectEnd();
    return entries;
  }

  const types = readList("type", readFunctionType);
  const readType = (reader: ByteReader): TypeEntry => lookUp(reader, types, reader.u32(), "type");
  const importedTypes: TypeEntry[] = [];
  const imports = readList("import", (reader) => readImport(reader, readType, importedTypes));
  const ownFunctions = readList("function", readType);
  const functions = importedTypes.concat(ownFunctions);
  const tables = readList("table", readTable);
  const memories = readList("memory", readLimits);
  const tags = readList("tag", (reader) => readTag(reader, readType));
  const exports = readList("export", (reader) => readExport(reader, functions));
  checkBodies(bytes, sections, ownFunctions.length);
  const counts = new Map<SectionName, number>(
    (["global", "element", "data"] as const).map((name) => [name, openList(name)?.count ?? 0]),
  );
  const read = {
    type: types,
    import: imports,
    function: ownFunctions,
    table: tables,
    memory: memories,
    tag: tags,
    export: exports,
  };
  for (const [name, entries] of Object.entries(read))
    counts.set(name as SectionName, entries.length);
  return {
    sections,
    imports,
    exports,
    memories,
    tables,
    types,
    functions,
    importedFunctions: importedTypes.length,
    count: (section) => counts.get(section) ?? 0,
  };
}

function tooManyEntries(section: CountedSection, count: number): ModuleError {
  return new ModuleError(
    "FLAWLESS_MODULE_TOO_MANY_ENTRIES",
    `Expected at most ${maxEntries[section]} entries in the ${section} section, but it lists ${count}. Split the ` +
      "module, or leave out what no workflow needs.",
  );
}

function lookUp<T>(reader: ByteReader, list: readonly T[], index: number, what: string): T {
  const found = list[index];
  if (found === undefined) throw reader.malformed(`refers to ${what} ${index} of ${list.length}`);
  return found;
}

function readFunctionType(reader: ByteReader): TypeEntry {
  const start = reader.offset;
  const form = reader.byte();
  if (form !== 0x60) {
    throw unsupported(`types of form 0x${form.toString(16)} (garbage collection)`, reader);
  }
  const parameters = readValueTypes(reader);
  const results = readValueTypes(reader);
  const shownResults = /[ ,]|^$/.test(results.text) ? `(${results.text})` : results.text;
  return {
    text: `(${parameters.text}) -> ${shownResults}`,
    parameters: parameters.count,
    results: results.count,
    start,
    end: reader.offset,
  };
}

/** Reads types as text. If there are many, the text is only their number: no function of the ABI has that many. */
function readValueTypes(reader: ByteReader): { readonly text: string; readonly count: number } {
  const shown: string[] = [];
  const count = reader.count(maxParameters);
  for (let index = 0; index < count; index += 1) {
    const type = readValueType(reader);
    if (index < maxTypesShown) shown.push(type);
  }
  return { text: count > maxTypesShown ? `${count} values` : shown.join(", "), count };
}

/** Reads the type of a value as text; `ref` for references to a specific type. */
export function readValueType(reader: ByteReader): string {
  const byte = reader.byte();
  // References to a specific type, (ref null T) and (ref T), are followed by T.
  if (byte === 0x63 || byte === 0x64) {
    return exceptionTypes.has(reader.skipHeapType()) ? "exnref" : "ref";
  }
  return valueTypes.get(byte) ?? `0x${byte.toString(16)}`;
}

function readLimits(reader: ByteReader): Limits {
  const start = reader.offset;
  const flags = reader.byte();
  if (flags > 7) throw unsupported(`limits with flags 0x${flags.toString(16)}`, reader);
  const is64 = (flags & 4) !== 0;
  const minimum = is64 ? reader.u64() : reader.u32();
  const minimumEnd = reader.offset;
  const maximum = (flags & 1) === 0 ? null : is64 ? reader.u64() : reader.u32();
  return {
    minimum,
    maximum,
    shared: (flags & 2) !== 0,
    is64,
    start,
    minimumEnd,
    end: reader.offset,
  };
}

function readTable(reader: ByteReader): Limits {
  const start = reader.offset;
  const type = readValueType(reader);
  if (type === "0x40")
    throw unsupported(`tables with an initial value, as at offset ${start},`, reader);
  // A table of exceptions would retain their values, which no limit includes.
  if (!tableTypes.has(type)) throw unsupported(`tables of ${type}, as at offset ${start},`, reader);
  return readLimits(reader);
}

function readTag(reader: ByteReader, readType: (reader: ByteReader) => TypeEntry): TypeEntry {
  // An attribute, always 0.
  reader.byte();
  const type = readType(reader);
  if (type.parameters > maxCarried) {
    throw unsupported(`exceptions that carry ${type.parameters} values`, reader);
  }
  return type;
}

function readKind(reader: ByteReader): ExternKind {
  return lookUp(reader, externKinds, reader.byte(), "import or export kind");
}

function readImport(
  reader: ByteReader,
  readType: (reader: ByteReader) => TypeEntry,
  functions: TypeEntry[],
): RawImport {
  const module = reader.name();
  const name = reader.name();
  const kind = readKind(reader);
  let functionType: FunctionType | null = null;
  switch (kind) {
    case "function": {
      const type = readType(reader);
      functions.push(type);
      functionType = type.text;
      break;
    }
    case "table":
      readTable(reader);
      break;
    case "memory":
      readLimits(reader);
      break;
    case "global":
      readValueType(reader);
      // Whether it is mutable.
      reader.byte();
      break;
    case "tag":
      readTag(reader, readType);
      break;
  }
  return { module, name, kind, functionType };
}

function readExport(reader: ByteReader, functions: readonly TypeEntry[]): RawExport {
  const name = reader.name();
  const kind = readKind(reader);
  const index = reader.u32();
  return {
    name,
    kind,
    functionType: kind === "function" ? lookUp(reader, functions, index, "function").text : null,
  };
}

/** A file truncated between two sections is detected only here: its functions have no bodies. */
function checkBodies(bytes: Uint8Array, sections: Sections, functionCount: number): void {
  const code = sections.get("code");
  if (code === undefined) {
    if (functionCount === 0) return;
    throw new ModuleError(
      "FLAWLESS_MODULE_TRUNCATED",
      `The file ends at offset ${bytes.length}, without the bodies of its ${functionCount} functions: it was cut off.`,
    );
  }
  const reader = new ByteReader(bytes, code.start, code.end, "code section");
  const bodyCount = reader.u32();
  if (bodyCount !== functionCount)
    throw reader.malformed(`has ${bodyCount} bodies for ${functionCount} functions`);
}

function unsupported(feature: string, reader: ByteReader): ModuleError {
  return new ModuleError(
    "FLAWLESS_MODULE_UNSUPPORTED_FEATURE",
    `The module uses ${feature} at offset ${reader.offset}. Build it without that WebAssembly feature.`,
  );
}
