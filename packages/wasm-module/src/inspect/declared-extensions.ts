import { readCustomSection } from "./module-sections.ts";

/** The custom section in which a module declares the server extensions that it is built for. */
const sectionName = "flawless:extensions";
/** A longer section isn't ours. */
const maxBytes = 4_096;

/**
 * How a module's workflows are notified of a cancellation, so that they can end by themselves: not at all; by a message
 * that they must receive; or by that message as the answer to the `Sleep` or `RecvMessage` in which they wait.
 */
export type HeardCancellation = "none" | "messages" | "calls";

/** What a module declares to servers with host extensions. */
export interface DeclaredExtensions {
  readonly cancellation: HeardCancellation;
}

/**
 * Reads the section `flawless:extensions`: JSON such as `{"version":1,"cancellation":"calls"}`. Anything unknown is
 * ignored.
 *
 * @throws {ModuleError} if the file is not a WebAssembly module.
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
