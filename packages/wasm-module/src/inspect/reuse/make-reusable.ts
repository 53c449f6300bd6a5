import { ByteReader } from "../byte-reader.ts";
import type { DeferredModule } from "../defer-exports.ts";
import { bytesPerPage } from "../host-fit.ts";
import { miscPrefix, placeOf } from "../instructions.ts";
import { encodeU32 } from "../leb128.ts";
import { appendEntries, applyEdits, type Edit, editSection } from "../module-edits.ts";
import type { Section } from "../module-sections.ts";
import { type Limits, type ModuleStructure, parseModule } from "../module-structure.ts";
import { walkInstructions } from "../walk-instructions.ts";
import { code, type Code, flatten } from "./code.ts";
import { type DataImage, type Extent, joinSegments, readDataImage } from "./data-image.ts";
import { readMutableGlobals } from "./mutable-globals.ts";
import { growBody } from "./grow-code.ts";
import { hostPlaces, loopBody } from "./loop-code.ts";
import { cleanBody, cleanGap, copyExtents, gapsBetween } from "./reset-code.ts";

/** The export that runs one workflow after another; the host must be connected before. */
export const loopExportName = "#loop";
/** The exported table for the host's functions, at {@link hostPlaces}. */
export const hostTableName = "#host";
/** The exported global with the pages that the guest has asked for. */
export const pagesExportName = "#pages";

/** More pages than this take too long to look through. */
const maxReusablePages = 64;
/** So much may a guest grow its memory before the real one grows, which it could never shrink again. */
const sparePages = 8;
/** More than this takes too long to restore, and the code for it too long to compile. */
const maxExtents = 1000;
const maxGlobalBytes = 20_000;
/** Each of these is replaced here, which takes memory. Compilers write a few. */
const maxSizeInstructions = 10_000;
const absoluteMaxPages = 65_536;

const i32 = 0x7f;
const functionType = 0x60;
const kinds = { function: 0, table: 1, global: 3 } as const;
const funcref = 0x70;
const hostFunctions = Object.keys(hostPlaces).length;
const dataCountSection = 12;
const passiveSegment = 1;
const memorySize = 0x3f;
const memoryGrow = 0x40;
/** Instructions that change tables or drop segments, which a reset would have to restore. */
const lasting: ReadonlySet<number> = new Set([
  0x26,
  ...[9, 12, 13, 14, 15, 17].map((number) => placeOf(miscPrefix, number)),
]);
const memoryInit = placeOf(miscPrefix, 8);

/** A module whose instances can be used again. */
export interface ReusableModule {
  readonly bytes: Uint8Array;
  /** The size of an instance's memory. It can't be reset once it is larger. */
  readonly memoryBytes: number;
}

/**
 * Lets an instance run one workflow after another, as if each had a new one: adds a loop that restores the memory and
 * the globals after each. The memory has spare pages from the start, and `memory.grow` and `memory.size` count those
 * that the guest asked for, so addresses are the same in each run.
 *
 * Undefined if an instance keeps what can't be restored: if the module changes its tables, has a start function, or uses
 * instructions that are not known here.
 *
 * @throws {ModuleError} what `inspectModule` throws for a broken file.
 */
export function makeReusable({ bytes, functions }: DeferredModule): ReusableModule | undefined {
  const structure = parseModule(bytes);
  const parts = requiredParts(structure);
  const image = readDataImage(bytes, structure.sections.get("data"));
  if (functions === null || parts === undefined || image === undefined) return undefined;
  const { memory, sections } = parts;
  const globals = readMutableGlobals(bytes, sections.global);
  const maxPages = memory.maximum ?? absoluteMaxPages;
  const pages = Math.min(memory.minimum + sparePages, maxPages);
  const initialBytes = memory.minimum * bytesPerPage;
  if (
    globals === undefined ||
    pages > maxReusablePages ||
    globals.reduce((sum, { value }) => sum + value.length, 0) > maxGlobalBytes ||
    // V8 refuses to instantiate it. The spare pages must not change that.
    image.initial.some(({ address, length }) => address + length > initialBytes)
  ) {
    return undefined;
  }
  const extents = joinSegments(bytes, image.initial);
  if (extents.length > maxExtents) return undefined;
  const gaps = gapsBetween(extents, pages * bytesPerPage);
  const fill = copyExtents(extents, image.count);

  const pagesGlobal = structure.count("global");
  const grow = structure.functions.length;
  const [clean, loop] = [grow + 1, grow + 2];
  const bodies = editBodies(bytes, sections.code, image, { grow, pagesGlobal });
  if (bodies === undefined) return undefined;
  const type = structure.types.length;
  const types: readonly Code[] = [
    [functionType, 1, i32, 1, i32],
    [functionType, 2, i32, i32, 0],
    [functionType, 1, i32, 0],
    [functionType, 0, 1, i32],
    [functionType, 0, 0],
    [functionType, 2, i32, i32, 1, i32],
  ];
  const [oneToOne, twoToNone, oneToNone, noneToOne, noneToNone, twoToOne] = types.map(
    (_, index) => type + index,
  ) as [number, number, number, number, number, number];
  const tables = structure.tables.length;
  const loopCode = loopBody({
    workflows: tables - 1,
    host: tables,
    types: { init: noneToOne, run: noneToNone, next: oneToOne, ended: twoToOne },
    fill,
    reset: [
      gaps.map((gap) => cleanGap(gap, clean)),
      fill,
      globals.map(({ index, value }) => [value, code.globalSet(index)]),
      ...[code.i32Const(memory.minimum), code.globalSet(pagesGlobal)],
    ],
  });
  const added = [growBody(pagesGlobal, maxPages), cleanBody, loopCode];
  const edits = [
    append(bytes, sections.type, types),
    append(bytes, sections.function, [
      [encodeU32(oneToOne)],
      [encodeU32(twoToNone)],
      [encodeU32(oneToNone)],
    ]),
    append(bytes, sections.table, [[funcref, 1, hostFunctions, hostFunctions]]),
    editSection(sections.memory, [
      { start: memory.start + 1, end: memory.minimumEnd, replacement: encodeU32(pages) },
    ]),
    append(bytes, sections.global, [[i32, 1, code.i32Const(memory.minimum), code.end]]),
    append(bytes, sections.export, [
      [nameBytes(loopExportName), kinds.function, encodeU32(loop)],
      [nameBytes(hostTableName), kinds.table, encodeU32(tables)],
      [nameBytes(pagesExportName), kinds.global, encodeU32(pagesGlobal)],
    ]),
    countData(structure, image.count + extents.length),
    append(
      bytes,
      sections.code,
      added.map((body) => sized(flatten(body))),
      bodies,
    ),
    editData(bytes, structure.sections.get("data"), image, extents),
  ];
  return { bytes: applyEdits(bytes, edits.flat()), memoryBytes: pages * bytesPerPage };
}

interface Parts {
  readonly memory: Limits;
  readonly sections: Readonly<
    Record<"type" | "function" | "table" | "memory" | "global" | "export" | "code", Section>
  >;
}

/** The module's parts, if they are there and it has none that a reset can't restore. */
function requiredParts({ sections, memories, imports }: ModuleStructure): Parts | undefined {
  const [memory, second] = memories;
  const type = sections.get("type");
  const functions = sections.get("function");
  const table = sections.get("table");
  const memorySection = sections.get("memory");
  const global = sections.get("global");
  const exported = sections.get("export");
  const codeSection = sections.get("code");
  if (
    memory === undefined ||
    second !== undefined ||
    memory.shared ||
    memory.is64 ||
    type === undefined ||
    functions === undefined ||
    table === undefined ||
    memorySection === undefined ||
    global === undefined ||
    exported === undefined ||
    codeSection === undefined ||
    sections.has("start") ||
    imports.some(({ kind }) => kind !== "function")
  ) {
    return undefined;
  }
  return {
    memory,
    sections: {
      type,
      function: functions,
      table,
      memory: memorySection,
      global,
      export: exported,
      code: codeSection,
    },
  };
}

/** Redirects what grows the memory; undefined if a body has an instruction that rules out a reset. */
function editBodies(
  bytes: Uint8Array,
  section: Section,
  image: DataImage,
  { grow, pagesGlobal }: { readonly grow: number; readonly pagesGlobal: number },
): Edit[] | undefined {
  const reader = new ByteReader(bytes, section.start, section.end, "code section");
  const edits: Edit[] = [];
  const growCall = flatten(code.call(grow));
  const sizeGet = flatten(code.globalGet(pagesGlobal));
  let allowed = true;
  let sizeInstructions = 0;
  for (let left = reader.u32(); left > 0; left -= 1) {
    const sizeStart = reader.offset;
    const size = reader.u32();
    const start = reader.offset;
    const inBody: Edit[] = [];
    const isKnown = walkInstructions(bytes, start, start + size, {
      instruction(opcode, from, operands, end) {
        if (opcode === memoryGrow || opcode === memorySize) {
          sizeInstructions += 1;
          if (sizeInstructions > maxSizeInstructions) return;
          const replacement = opcode === memoryGrow ? growCall : sizeGet;
          inBody.push({ start: from, end, replacement });
        } else if (opcode === memoryInit) {
          const segment = new ByteReader(bytes, operands, end, "instruction").u32();
          allowed &&= image.passive.has(segment);
        } else if (lasting.has(opcode)) allowed = false;
      },
    });
    if (!isKnown || !allowed || sizeInstructions > maxSizeInstructions) return undefined;
    edits.push(...editSection({ sizeStart, start, end: start + size }, inBody));
    reader.skip(size);
  }
  return edits;
}

/** Like {@link appendEntries}, with code. */
function append(
  bytes: Uint8Array,
  section: Section,
  entries: readonly Code[],
  within?: readonly Edit[],
): readonly Edit[] {
  return appendEntries(bytes, section, entries.map(flatten), within);
}

/** `memory.init` needs the number of data segments ahead of the code. */
function countData({ sections }: ModuleStructure, count: number): readonly Edit[] {
  const codeSection = sections.get("code");
  if (count === 0 || codeSection === undefined) return [];
  const counted = sections.get("data count");
  const replacement = encodeU32(count);
  if (counted !== undefined) {
    return editSection(counted, [{ start: counted.start, end: counted.end, replacement }]);
  }
  const before = codeSection.sizeStart - 1;
  const section = Uint8Array.of(dataCountSection, replacement.length, ...replacement);
  return [{ start: before, end: before, replacement: section }];
}

/** Empties the active segments, so that the others keep their indices, and appends the extents. */
function editData(
  bytes: Uint8Array,
  section: Section | undefined,
  { initial }: DataImage,
  extents: readonly Extent[],
): readonly Edit[] {
  if (section === undefined) return [];
  return append(
    bytes,
    section,
    extents.map((extent) => [passiveSegment, sized(extent.bytes)]),
    initial.map(({ start, end }) => ({
      start,
      end,
      replacement: Uint8Array.of(passiveSegment, 0),
    })),
  );
}

function nameBytes(name: string): Code {
  const text = new TextEncoder().encode(name);
  return [encodeU32(text.length), text];
}

function sized(body: Uint8Array): Code {
  return [encodeU32(body.length), body];
}
