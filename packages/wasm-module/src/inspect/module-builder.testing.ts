import { encodeU32 } from "./leb128.ts";

/** Types, kinds and section numbers in WebAssembly's encoding. */
export const i32 = 0x7f;
export const funcref = 0x70;
export const kinds = { function: 0, table: 1, memory: 2, global: 3, tag: 4 } as const;
export const sections = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  element: 9,
  dataCount: 12,
  code: 10,
  data: 11,
};

export interface ImportRecipe {
  readonly module: string;
  readonly name: string;
  readonly kind: number;
  /** What follows the kind: a type's index, limits and so on. */
  readonly description: readonly number[];
}

export interface ExportRecipe {
  readonly name: string;
  readonly kind: number;
  readonly index: number;
}

/** A module, part by part, for tests to change before it is written. */
export interface ModuleRecipe {
  readonly types: readonly (readonly number[])[];
  readonly imports: readonly ImportRecipe[];
  /** Each with the index of its type and its instructions. */
  readonly functions: readonly { readonly type: number; readonly body: readonly number[] }[];
  readonly tables: readonly (readonly number[])[];
  readonly memories: readonly (readonly number[])[];
  readonly globals?: readonly (readonly number[])[];
  readonly exports: readonly ExportRecipe[];
  /** The index of the function that runs when the module is instantiated. */
  readonly start?: number;
  readonly elements?: readonly (readonly number[])[];
  readonly data?: readonly (readonly number[])[];
  /** Whether the number of data segments comes before the code. */
  readonly countsData?: boolean;
}

/** Indices of the types in {@link minimalModule}. */
export const types = { submit: 0, alloc: 1, init: 2, run: 3 } as const;
/** Indices of the functions in {@link minimalModule}. */
export const functions = { submit: 0, alloc: 1, init: 2, run: 3 } as const;

export const nameExport: ExportRecipe = {
  name: "#flawless#module#tiny%_#_%1.2.3",
  kind: kinds.function,
  index: functions.run,
};
export const memoryExport: ExportRecipe = { name: "memory", kind: kinds.memory, index: 0 };
export const allocExport: ExportRecipe = {
  name: "wasabi::alloc",
  kind: kinds.function,
  index: functions.alloc,
};
export const initExport: ExportRecipe = {
  name: "#flawless#workflow#init#start",
  kind: kinds.function,
  index: functions.init,
};
export const runExport: ExportRecipe = {
  name: "#flawless#workflow#run#start",
  kind: kinds.function,
  index: functions.run,
};
export const submitImport: ImportRecipe = {
  module: "wasabi",
  name: "submit",
  kind: kinds.function,
  description: [types.submit],
};

const end = 0x0b;
const constZero = [0x41, 0x00];

/** A small module that can run: `tiny` 1.2.3 with the workflow `start`. */
export const minimalModule: ModuleRecipe = {
  types: [
    [0x60, 4, i32, i32, i32, i32, 1, i32],
    [0x60, 1, i32, 1, i32],
    [0x60, 0, 1, i32],
    [0x60, 0, 0],
  ],
  imports: [submitImport],
  functions: [
    { type: types.alloc, body: constZero },
    { type: types.init, body: constZero },
    { type: types.run, body: [] },
  ],
  tables: [[funcref, 0x00, 1]],
  memories: [[0x00, 17]],
  exports: [memoryExport, nameExport, initExport, runExport, allocExport],
};

/** The bytes of the minimal module with some parts replaced. */
export function buildModule(changes: Partial<ModuleRecipe> = {}): Uint8Array<ArrayBuffer> {
  const recipe = { ...minimalModule, ...changes };
  return assemble([
    section(sections.type, list(recipe.types)),
    section(
      sections.import,
      list(
        recipe.imports.map((each) => [
          ...text(each.module),
          ...text(each.name),
          each.kind,
          ...each.description,
        ]),
      ),
    ),
    section(sections.function, list(recipe.functions.map((each) => [each.type]))),
    section(sections.table, list(recipe.tables)),
    section(sections.memory, list(recipe.memories)),
    optional(sections.global, recipe.globals),
    section(
      sections.export,
      list(recipe.exports.map((each) => [...text(each.name), each.kind, ...encodeU32(each.index)])),
    ),
    recipe.start === undefined ? [] : section(sections.start, [recipe.start]),
    optional(sections.element, recipe.elements),
    recipe.countsData === true ? section(sections.dataCount, [recipe.data?.length ?? 0]) : [],
    section(
      sections.code,
      list(recipe.functions.map(({ body }) => [...encodeU32(body.length + 2), 0, ...body, end])),
    ),
    optional(sections.data, recipe.data),
  ]);
}

function optional(id: number, elements: readonly (readonly number[])[] | undefined): number[] {
  return elements === undefined ? [] : section(id, list(elements));
}

/** A file of WebAssembly version 1 with these sections. */
export function assemble(parts: readonly (readonly number[])[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, ...parts.flat()]);
}

/** A section with its number and size. */
export function section(id: number, content: readonly number[]): number[] {
  return [id, ...encodeU32(content.length), ...content];
}

/** Elements, prefixed by their number. */
export function list(elements: readonly (readonly number[])[]): number[] {
  return [...encodeU32(elements.length), ...elements.flat()];
}

/** A text, prefixed by its length in bytes. */
export function text(value: string): number[] {
  const bytes = new TextEncoder().encode(value);
  return [...encodeU32(bytes.length), ...bytes];
}
