import {
  allocExportName,
  encodeU32,
  initExportName,
  memoryExportName,
  moduleExportPrefix,
  moduleVersionSeparator,
  runExportName,
} from "@flawless-ts/wasm-module/internal";
import { activeData, passiveData, segmentsOf } from "./data-section.ts";
import type { DataSegment } from "./data-segments.ts";
import { embeddedDataBody } from "./embed-data.ts";
import {
  concat,
  extendList,
  i32Constant,
  list,
  listLength,
  readSections,
  sized,
  text,
  writeModule,
} from "./module-bytes.ts";
import {
  exportsOf,
  functionBody,
  functionIndex,
  functionKind,
  replaceBody,
} from "./module-functions.ts";

/** What is put into the engine to make it a complete module. */
export interface ModuleParts {
  readonly name: string;
  readonly version: string;
  /** In the order of the script's numbers for them. */
  readonly workflows: readonly string[];
  /** The memory's content after the script was loaded. */
  readonly segments: readonly DataSegment[];
  readonly memoryPages: number;
  /** Copied into memory only if a workflow needs it. */
  readonly sourceMap: Uint8Array;
}

const call = 0x10;

/**
 * Makes a module from the engine: with the memory's content as its data and exports for name, version and workflows,
 * and without what only the build needs. The same parts give the same bytes.
 *
 * Source of the encoding: the WebAssembly core specification 3.0, "Binary Format".
 */
export function assembleModule(engine: Uint8Array, parts: ModuleParts): Uint8Array<ArrayBuffer> {
  const sections = readSections(engine);
  const content = (name: Parameters<typeof sections.get>[0]): Uint8Array =>
    sections.get(name) ?? Uint8Array.of(0);
  const exports = exportsOf(content("export"));
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
        body: [i32Constant(index), callTo(functionIndex(exports, "engine_init"))],
      },
      {
        name: runExportName(workflow),
        type: firstType,
        body: [i32Constant(index), callTo(functionIndex(exports, "engine_run"))],
      },
    ]),
  ];

  // The types of the added functions: () -> () and () -> i32.
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
  const sourceMapFunction = functionIndex(exports, "engine_source_map") - importedFunctions;
  // The engine's own passive segments stay in front, because its functions refer to them by number.
  const passive = segmentsOf(content("data"))
    .filter(({ address }) => address === undefined)
    .map(({ bytes }) => passiveData(bytes));
  const sourceMapSegment = passive.length + parts.segments.length;
  const withMap = replaceBody(
    content("code"),
    sourceMapFunction,
    embeddedDataBody(sourceMapSegment, parts.sourceMap.length),
  );
  sections.set(
    "code",
    extendList(
      withMap,
      added.map(({ body }) => sized(functionBody(body))),
    ),
  );
  const segments = [...passive, ...parts.segments.map(activeData), passiveData(parts.sourceMap)];
  sections.set("data count", encodeU32(segments.length));
  sections.set("data", list(segments));
  return writeModule(sections);
}

interface AddedFunction {
  readonly name: string;
  readonly type: number;
  /** The instructions of the function. */
  readonly body: readonly Uint8Array[];
}

function callTo(functionIndex: number): Uint8Array {
  return concat([Uint8Array.of(call), encodeU32(functionIndex)]);
}
