import { moduleExportPrefix, moduleVersionSeparator, parseWorkflowExport } from "./export-names.ts";

/** The names of a module and its workflows. */
export interface ModuleNames {
  readonly name: string;
  readonly version: string;
  readonly workflows: readonly string[];
}

const headerBytes = 8;
const exportSection = 7;

/**
 * Finds only the names in a module, because a client has neither the time nor the code for everything that
 * `inspectModule` checks.
 *
 * @returns `null` if the bytes are not a module, or one that is damaged or has no name
 */
export function moduleNames(bytes: Uint8Array): ModuleNames | null {
  const names = exportNames(bytes);
  const own = names.filter((name) => name.startsWith(moduleExportPrefix));
  const [name, version, ...more] =
    own[0]?.slice(moduleExportPrefix.length).split(moduleVersionSeparator) ?? [];
  if (name === undefined || version === undefined || more.length > 0 || own.length > 1) return null;
  const workflows = names.map(parseWorkflowExport).filter((found) => found?.half === "init");
  return { name, version, workflows: workflows.map((found) => found?.workflow ?? "") };
}

/** Source: the WebAssembly specification, 5.5, "Modules" of the binary format. */
function exportNames(bytes: Uint8Array): readonly string[] {
  let offset = headerBytes;
  /** An unsigned LEB128 integer of 32 bits; past the end, 0. */
  const u32 = (): number => {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = bytes[offset] ?? 0;
      offset += 1;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    return value;
  };
  if (String.fromCharCode(...bytes.subarray(0, 4)) !== "\0asm") return [];
  while (offset < bytes.length) {
    const id = bytes[offset];
    offset += 1;
    const size = u32();
    if (id !== exportSection) {
      offset += size;
      continue;
    }
    // A truncated one may end in the middle of a name.
    if (size > bytes.length - offset) return [];
    const names: string[] = [];
    for (let left = u32(); left > 0 && offset < bytes.length; left -= 1) {
      const length = u32();
      // `slice` copies, because memory shared between threads can't be decoded.
      names.push(new TextDecoder().decode(bytes.slice(offset, offset + length)));
      offset += length + 1;
      u32();
    }
    return names;
  }
  return [];
}
