import { activeData, passiveData, segmentsOf } from "../src/build/data-section.ts";
import {
  concat,
  i32Constant,
  list,
  listLength,
  readSections,
  writeModule,
} from "../src/build/module-bytes.ts";
import {
  exportsOf,
  functionBody,
  functionIndex,
  memoryInit,
  replaceBody,
} from "../src/build/module-functions.ts";
import { encodeU32 } from "@flawless-ts/wasm-module/internal";

/** Functions that use the tables; `engine/src/tables.rs` has a replacement for each. */
const wrappedFunctions: readonly string[] = [
  "lre_case_conv",
  "lre_canonicalize",
  "lre_is_cased",
  "lre_is_case_ignorable",
  "cr_regexp_canonicalize",
  "lre_is_id_start",
  "lre_is_id_continue",
  "lre_is_white_space",
  "unicode_normalize",
  "unicode_script",
  "unicode_general_category",
  "unicode_prop",
  "unicode_sequence_prop",
  "exp",
  "exp2",
  "log",
  "log2",
  "pow",
  "__rem_pio2_large",
  "strerror",
];

/**
 * The tables in the linker's map: from libunicode.c, the C library's math functions and messages, and QuickJS's initial
 * names.
 */
const table =
  /:\(\.rodata\.(?:(?:unicode|case)_[\w.]+|\.L__const\.unicode_[\w.]+|js_atom_init|__exp_data|__log2?_data|__pow_log_data|ipio2|errmsg\w+|\w+libm_math4exp23TBL)\)$/;
/** The min total size in bytes: if less is found, the map or the sources are not as expected. */
const minTables = 50_000;
/** Any constants in the linker's map. */
const constants = /^ *([0-9a-f]+) +[0-9a-f]+ +([0-9a-f]+) .*:\(\.rodata\b.*\)$/;

interface AddressRange {
  readonly start: number;
  readonly end: number;
}

/** Linker options that redirect calls to `engine/src/tables.rs`, and write a map. */
export function tableLinkerFlags(mapFile: string): string[] {
  return [`-Map=${mapFile}`, ...wrappedFunctions.map((name) => `--wrap=${name}`)].flatMap(
    (option) => ["-C", `link-arg=${option}`],
  );
}

/**
 * Moves the tables from an engine's memory into a passive data segment, and gives `engine_tables` a body that fills or
 * clears them.
 *
 * @param map the linker's.
 * @throws Error if the map or the engine are not as expected.
 */
export function deferTables(engine: Uint8Array, map: string): Uint8Array<ArrayBuffer> {
  const ranges = tableRanges(map);
  const sections = readSections(engine);
  const [all, ...others] = segmentsOf(sections.get("data") ?? Uint8Array.of(0));
  const first = ranges[0];
  const last = ranges.at(-1);
  if (all?.address === undefined || first === undefined || last === undefined) {
    throw new Error(
      "expected tables in the linker's map, and constants first in the engine's data",
    );
  }
  const { address, bytes } = all;
  if (first.start < address || last.end > address + bytes.length) {
    throw new Error(
      "expected all tables among the engine's constants: does the map belong to the engine?",
    );
  }
  const part = (start: number, end: number): Uint8Array =>
    bytes.subarray(start - address, end - address);
  const tables = concat(ranges.map(({ start, end }) => part(start, end)));
  if (tables.length < minTables) {
    throw new Error(
      `expected ${minTables} bytes of tables in the linker's map, but got ${tables.length}`,
    );
  }
  const gaps = [address, ...ranges.map(({ end }) => end)].map((start, index) => ({
    address: start,
    bytes: part(start, ranges[index]?.start ?? address + bytes.length),
  }));
  const segments = [
    passiveData(tables),
    ...gaps.filter((gap) => gap.bytes.length > 0).map(activeData),
    ...others.map((other) =>
      other.address === undefined
        ? passiveData(other.bytes)
        : activeData({ address: other.address, bytes: other.bytes }),
    ),
  ];
  const exports = exportsOf(sections.get("export") ?? Uint8Array.of(0));
  const index = functionIndex(exports, "engine_tables") - listLength(sections.get("import"));
  sections.set("code", replaceBody(sections.get("code") ?? Uint8Array.of(0), index, body(ranges)));
  sections.set("data count", encodeU32(segments.length));
  sections.set("data", list(segments));
  return writeModule(sections);
}

/** The address ranges of adjacent tables: only padding is between them. */
function tableRanges(map: string): AddressRange[] {
  const ranges: { start: number; end: number }[] = [];
  let wasTable = false;
  for (const { start, end, isTable } of constantsIn(map)) {
    const before = ranges.at(-1);
    if (isTable && wasTable && before !== undefined) before.end = end;
    else if (isTable) ranges.push({ start, end });
    wasTable = isTable;
  }
  return ranges;
}

/** All constants, ordered by address. */
function constantsIn(map: string): (AddressRange & { readonly isTable: boolean })[] {
  return map
    .split("\n")
    .flatMap((line) => {
      const [, address, size] = constants.exec(line) ?? [];
      if (address === undefined || size === undefined) return [];
      const start = Number.parseInt(address, 16);
      return [{ start, end: start + Number.parseInt(size, 16), isTable: table.test(line) }];
    })
    .toSorted((a, b) => a.start - b.start);
}

/** `(fill) -> ()`: copies the tables from segment 0 if `fill` is not 0, otherwise fills them with zeros. */
function body(ranges: readonly AddressRange[]): Uint8Array {
  const localGetFirst = Uint8Array.of(0x20, 0);
  const ifBlock = Uint8Array.of(0x04, 0x40);
  const otherwise = Uint8Array.of(0x05);
  const endOfBlock = Uint8Array.of(0x0b);
  const memoryFill = Uint8Array.of(0xfc, 0x0b, 0);
  let offset = 0;
  const copies = ranges.flatMap(({ start, end }) => {
    const from = offset;
    offset += end - start;
    return [i32Constant(start), i32Constant(from), i32Constant(end - start), memoryInit(0)];
  });
  const clears = ranges.flatMap(({ start, end }) => [
    i32Constant(start),
    i32Constant(0),
    i32Constant(end - start),
    memoryFill,
  ]);
  return functionBody([localGetFirst, ifBlock, ...copies, otherwise, ...clears, endOfBlock]);
}
