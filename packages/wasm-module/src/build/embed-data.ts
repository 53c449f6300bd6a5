import { encodeU32 } from "../inspect/leb128.ts";
import { activeData, passiveData, segmentsOf } from "./data-section.ts";
import { i32Constant, list, listLength, readSections, writeModule } from "./module-bytes.ts";
import {
  exportsOf,
  functionBody,
  functionIndex,
  memoryInit,
  replaceBody,
} from "./module-functions.ts";

/**
 * Puts data into an engine, that takes memory only when the engine asks for it: in a passive segment. Those come first
 * in an engine, so that they keep their numbers.
 *
 * @param functionName the engine's function that hands the data out, a placeholder so far.
 */
export function embedData(
  engine: Uint8Array,
  functionName: string,
  data: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const sections = readSections(engine);
  const content = (name: Parameters<typeof sections.get>[0]): Uint8Array =>
    sections.get(name) ?? Uint8Array.of(0);
  const stored = segmentsOf(content("data"));
  const passive = [
    ...stored.flatMap(({ address, bytes }) => (address === undefined ? [passiveData(bytes)] : [])),
    passiveData(data),
  ];
  const active = stored.flatMap(({ address, bytes }) =>
    address === undefined ? [] : [activeData({ address, bytes })],
  );
  const segments = [...passive, ...active];
  const index =
    functionIndex(exportsOf(content("export")), functionName) - listLength(content("import"));
  const body = embeddedDataBody(passive.length - 1, data.length);
  sections.set("code", replaceBody(content("code"), index, body));
  sections.set("data count", encodeU32(segments.length));
  sections.set("data", list(segments));
  return writeModule(sections);
}

/** `(target) -> length`: copies a segment to `target` unless that is null. */
export function embeddedDataBody(segment: number, bytes: number): Uint8Array {
  const localGet = 0x20;
  const ifBlock = [0x04, 0x40];
  const endOfBlock = 0x0b;
  const length = i32Constant(bytes);
  return functionBody([
    Uint8Array.of(localGet, 0, ...ifBlock, localGet, 0),
    i32Constant(0),
    length,
    memoryInit(segment),
    Uint8Array.of(endOfBlock),
    length,
  ]);
}
