import { readCustomSection } from "./module-sections.ts";

/** The custom section by which a module tells which of a server's extensions it is made for. */
const sectionName = "flawless:extensions";
/** A longer one is none of ours. */
const maxBytes = 4_096;

/** What a module says of itself to servers with host extensions. */
export interface DeclaredExtensions {
  /** Whether its workflows hear of being cancelled, and end by themselves. */
  readonly cancellation: boolean;
}

/**
 * Reads the section `flawless:extensions`: JSON such as `{"version":1,"cancellation":true}`. What is not understood counts
 * as not said.
 *
 * @throws {ModuleError} where the file is no WebAssembly module.
 */
export function declaredExtensions(bytes: Uint8Array): DeclaredExtensions {
  const content = readCustomSection(bytes, sectionName);
  const declared = content === undefined ? undefined : parsed(content);
  return { cancellation: declared?.version === 1 && declared.cancellation === true };
}

function parsed(
  content: Uint8Array,
): { readonly version?: unknown; readonly cancellation?: unknown } | undefined {
  if (content.length > maxBytes) return undefined;
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(content));
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
