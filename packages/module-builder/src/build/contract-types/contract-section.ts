import { ByteReader } from "@flawless-ts/wasm-module/internal";
import { customSection, customSectionId } from "../custom-section.ts";
import type { ModuleTypes } from "./module-types.ts";

/** The custom section that holds a module's {@link ModuleTypes} as JSON. No host looks at it. */
const sectionName = "flawless-ts.contract";
const headerLength = 8;

/** A section for the end of a module. */
export function contractSection(types: ModuleTypes): Uint8Array<ArrayBuffer> {
  return customSection(sectionName, JSON.stringify(types));
}

/**
 * What a module says of its workflows' types; undefined where it says nothing, or nothing that can be read.
 *
 * @param module bytes that `inspectModule` accepts.
 */
export function moduleTypes(module: Uint8Array): ModuleTypes | undefined {
  for (let offset = headerLength; offset < module.length;) {
    const reader = new ByteReader(module, offset, module.length, "sections");
    const kind = reader.byte();
    const size = reader.u32();
    const end = reader.offset + size;
    if (kind === customSectionId) {
      const content = new ByteReader(module, reader.offset, end, "custom section");
      if (content.name() === sectionName) return parsed(module.subarray(content.offset, end));
    }
    offset = end;
  }
  return undefined;
}

function parsed(json: Uint8Array): ModuleTypes | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(json));
    return isObject(value) && isObject(value["workflows"])
      ? (value as unknown as ModuleTypes)
      : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
