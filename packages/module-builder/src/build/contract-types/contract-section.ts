import { contractSectionName, type ModuleTypes } from "@flawless-ts/wasm-module/internal";
import { customSection } from "../custom-section.ts";

/** A section for the end of a module. */
export function contractSection(types: ModuleTypes): Uint8Array<ArrayBuffer> {
  return customSection(contractSectionName, JSON.stringify(types));
}
