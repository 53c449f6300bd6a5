import { readCustomSection } from "./module-sections.ts";

/** The custom section by which a module tells which of a server's extensions it is made for. */
const sectionName = "flawless:extensions";
/** A longer one is none of ours. */
const maxBytes = 4_096;

/**
 * How a module's workflows hear of being cancelled, so that they can end by themselves: not at all; by a message that they
 * have to receive; or by that message as the answer to whatever `Sleep` or `RecvMessage` they wait in.
 */
export type HeardCancellation = "none" | "messages" | "calls";

/** What a module says of itself to servers with host extensions. */
export interface DeclaredExtensions {
  readonly cancellation: HeardCancellation;
}

/**
 * Reads the section `flawless:extensions`: JSON such as `{"version":1,"cancellation":"calls"}`. What is not understood counts
 * as not said.
 *
 * @throws {ModuleError} where the file is no WebAssembly module.
 */
export function declaredExtensions(bytes: Uint8Array): DeclaredExtensions {
  const content = readCustomSection(bytes, sectionName);
  const declared = content === undefined ? undefined : parsed(content);
  if (declared?.version !== 1) return { cancellation: "none" };
  const { cancellation } = declared;
  if (cancellation === "calls") return { cancellation };
  return { cancellation: cancellation === true ? "messages" : "none" };
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
