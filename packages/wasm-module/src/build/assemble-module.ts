import {
  allocExportName,
  initExportName,
  memoryExportName,
  moduleExportPrefix,
  moduleVersionSeparator,
  runExportName,
} from "../inspect/export-names.ts";
import { encodeU32 } from "../inspect/leb128.ts";
import type { DataSegment } from "./data-segments.ts";
import {
  concat,
  extendList,
  i32Constant,
  list,
  listLength,
  readerOf,
  readSections,
  sized,
  text,
  writeModule,
} from "./module-bytes.ts";

/** What is put into the engine to make it a module of its own. */
export interface ModuleParts {
  readonly name: string;
  readonly version: string;
  /** In the order in which the script numbers them. */
  readonly workflows: readonly string[];
  /** All that memory holds once the script was loaded. */
  readonly segments: readonly DataSegment[];
  readonly memoryPages: number;
  /** Copied into memory only when a workflow asks for it. */
  readonly sourceMap: Uint8Array;
}

const functionKind = 0;
const end = 0x0b;
const call = 0x10;
const noLocals = 0;
const activeSegment = 0;
const passiveSegment = 1;

/**
 * Makes a module of the engine: with the memory's content as its data, exports for name, version and workflows, and
 * without what only the build needs. The same parts give the same bytes.
 *
 * Source of the encoding: the WebAssembly core specification 3.0, "Binary Format".
 */
export function assembleModule(engine: Uint8Array, parts: ModuleParts): Uint8Array<ArrayBuffer> {
  const sections = readSections(engine);
  const content = (name: Parameters<typeof sections.get>[0]): Uint8Array =>
    sections.get(name) ?? Uint8Array.of(0);
  const exports = readExports(content("export"));
  const importedFunctions = listLength(sections.get("import"));
  const firstAdded = importedFunctions + listLength(content("function"));
  const firstType = listLength(content("type"));

  const identity = `${moduleExportPrefix}${parts.name}${moduleVersionSeparator}${parts.version}`;
  const added: AddedFunction[] = [
    { name: identity, type: firstType, body: [] },
    ...parts.workflows.flatMap((workflow, index): AddedFunction[] => [
      {
        name: initExportName(workflow),
        type: firstType + 1,
        body: [i32Constant(index), callTo(indexOf(exports, "engine_init"))],
      },
      {
        name: runExportName(workflow),
        type: firstType,
        body: [i32Constant(index), callTo(indexOf(exports, "engine_run"))],
      },
    ]),
  ];

  // Types of the added functions: () -> () and () -> i32.
  sections.set(
    "type",
    extendList(content("type"), [Uint8Array.of(0x60, 0, 0), Uint8Array.of(0x60, 0, 1, 0x7f)]),
  );
  sections.set(
    "function",
    extendList(
      content("function"),
      added.map(({ type }) => encodeU32(type)),
    ),
  );
  sections.set("memory", list([concat([Uint8Array.of(0), encodeU32(parts.memoryPages)])]));
  sections.set(
    "export",
    list([
      ...[memoryExportName, allocExportName].map((name) => {
        const found = exports.get(name);
        if (found === undefined) throw new Error(`the engine has no export ${name}`);
        return concat([text(name), Uint8Array.of(found.kind), encodeU32(found.index)]);
      }),
      ...added.map(({ name }, index) =>
        concat([text(name), Uint8Array.of(functionKind), encodeU32(firstAdded + index)]),
      ),
    ]),
  );
  const sourceMapFunction = indexOf(exports, "engine_source_map") - importedFunctions;
  const withMap = replaceBody(content("code"), sourceMapFunction, sourceMapBody(parts));
  sections.set(
    "code",
    extendList(
      withMap,
      added.map(({ body }) => sized(functionBody(body))),
    ),
  );
  const segments = [...parts.segments.map(activeData), passiveData(parts.sourceMap)];
  sections.set("data count", encodeU32(segments.length));
  sections.set("data", list(segments));
  return writeModule(sections);
}

interface AddedFunction {
  readonly name: string;
  readonly type: number;
  /** Its instructions. */
  readonly body: readonly Uint8Array[];
}

type Exports = ReadonlyMap<string, { readonly kind: number; readonly index: number }>;

function readExports(content: Uint8Array): Exports {
  const reader = readerOf(content);
  const exports = new Map<string, { readonly kind: number; readonly index: number }>();
  for (let left = reader.u32(); left > 0; left -= 1) {
    const name = reader.name();
    exports.set(name, { kind: reader.byte(), index: reader.u32() });
  }
  return exports;
}

function indexOf(exports: Exports, name: string): number {
  const found = exports.get(name);
  if (found === undefined || found.kind !== functionKind) {
    throw new Error(`the engine has no function ${name}`);
  }
  return found.index;
}

function callTo(functionIndex: number): Uint8Array {
  return concat([Uint8Array.of(call), encodeU32(functionIndex)]);
}

function functionBody(instructions: readonly Uint8Array[]): Uint8Array {
  return concat([Uint8Array.of(noLocals), ...instructions, Uint8Array.of(end)]);
}

function replaceBody(code: Uint8Array, index: number, body: Uint8Array): Uint8Array {
  const reader = readerOf(code);
  reader.u32();
  let start = reader.offset;
  let next = start + skipBody(code, start);
  for (let skipped = 0; skipped < index; skipped += 1) {
    start = next;
    next = start + skipBody(code, start);
  }
  return concat([code.subarray(0, start), sized(body), code.subarray(next)]);
}

/** Length of a body that begins at `start`, with the number that tells its size. */
function skipBody(code: Uint8Array, start: number): number {
  const reader = readerOf(code.subarray(start));
  const size = reader.u32();
  return reader.offset + size;
}

/** `(target) -> length`: copies the map to `target` unless that is null. */
function sourceMapBody({ segments, sourceMap }: ModuleParts): Uint8Array {
  const localGet = 0x20;
  const ifBlock = [0x04, 0x40];
  const memoryInit = [0xfc, 0x08];
  const length = i32Constant(sourceMap.length);
  return functionBody([
    Uint8Array.of(localGet, 0, ...ifBlock, localGet, 0),
    i32Constant(0),
    length,
    concat([Uint8Array.from(memoryInit), encodeU32(segments.length), Uint8Array.of(0)]),
    Uint8Array.of(end),
    length,
  ]);
}

function activeData({ address, bytes }: DataSegment): Uint8Array {
  return concat([
    Uint8Array.of(activeSegment),
    i32Constant(address),
    Uint8Array.of(end),
    sized(bytes),
  ]);
}

function passiveData(bytes: Uint8Array): Uint8Array {
  return concat([Uint8Array.of(passiveSegment), sized(bytes)]);
}
