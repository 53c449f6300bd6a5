import { ByteReader } from "./byte-reader.ts";
import { allocExportName, memoryExportName, parseWorkflowExport } from "./export-names.ts";
import { encodeU32 } from "./leb128.ts";
import { appendEntries, applyEdits, editSection } from "./module-edits.ts";
import type { Section } from "./module-sections.ts";
import { parseModule } from "./module-structure.ts";

/** A module whose workflows are in a table. */
export interface DeferredModule {
  readonly bytes: Uint8Array;
  /**
   * The indices in the exported table {@link workflowTableName} of each workflow's two functions, by their original
   * export names. `null`: they are exported as before.
   */
  readonly functions: ReadonlyMap<string, number> | null;
}

/** The name under which the table of {@link deferExports} is exported. */
export const workflowTableName = "#table";

const functionKind = 0;
const tableKind = 1;
const funcref = 0x70;
const i32Const = 0x41;
const end = 0x0b;

interface FunctionExport {
  readonly name: string;
  readonly index: number;
}

/**
 * Makes a module faster to instantiate: of its functions, only `wasabi::alloc` stays exported, and its workflows'
 * functions move to a table. An engine creates a function object for each export of each instance, but for the elements
 * of a table only on demand, and an instance runs only one workflow. What guests can see stays the same.
 *
 * A module without its own table or elements is unchanged: it is too small to benefit.
 *
 * @throws {ModuleError} what `inspectModule` throws for a broken file.
 */
export function deferExports(bytes: Uint8Array): DeferredModule {
  const { sections, tables, imports } = parseModule(bytes);
  const exported = sections.get("export");
  const table = sections.get("table");
  const element = sections.get("element");
  if (exported === undefined || table === undefined || element === undefined) {
    return { bytes, functions: null };
  }
  const tableIndex = imports.filter(({ kind }) => kind === "table").length + tables.length;
  const { kept, workflows } = readExports(bytes, exported);
  const size = encodeU32(workflows.length);
  const name = new TextEncoder().encode(workflowTableName);
  const tableExport = [...encodeU32(name.length), ...name, tableKind, ...encodeU32(tableIndex)];
  const segment = [
    ...[2, ...encodeU32(tableIndex), i32Const, 0, end, functionKind, ...size],
    ...workflows.flatMap(({ index }) => [...encodeU32(index)]),
  ];
  const exports = [...encodeU32(kept.length + 1), ...kept.flat(), ...tableExport];
  return {
    bytes: applyEdits(bytes, [
      ...appendEntries(bytes, table, [Uint8Array.of(funcref, 1, ...size, ...size)]),
      ...editSection(exported, [
        { start: exported.start, end: exported.end, replacement: Uint8Array.from(exports) },
      ]),
      ...appendEntries(bytes, element, [Uint8Array.from(segment)]),
    ]),
    functions: new Map(workflows.map((workflow, place) => [workflow.name, place])),
  };
}

/** Splits the exports into those that an engine always needs, as bytes, and the functions of workflows. */
function readExports(
  bytes: Uint8Array,
  section: Section,
): {
  readonly kept: readonly (readonly number[])[];
  readonly workflows: readonly FunctionExport[];
} {
  const reader = new ByteReader(bytes, section.start, section.end, "export section");
  const kept: number[][] = [];
  const workflows: FunctionExport[] = [];
  for (let left = reader.u32(); left > 0; left -= 1) {
    const { offset } = reader;
    const name = reader.name();
    const kind = reader.byte();
    const index = reader.u32();
    if (name === memoryExportName || name === allocExportName) {
      kept.push([...bytes.subarray(offset, reader.offset)]);
    } else if (kind === functionKind && parseWorkflowExport(name) !== null) {
      workflows.push({ name, index });
    }
  }
  return { kept, workflows };
}
