import { InvalidOptionError } from "@flawless-ts/wasm-module";
import type { KeepContent } from "./content-arena.ts";
import type { WasiLink } from "./host/wasi-host.ts";
import type { WasiFiles } from "./wasi-options.ts";

/** What is at a path: a file's content, null for an empty folder, or a link's target. */
export type PlannedContent = Uint8Array | null | WasiLink;

/** A path, and what is there. */
export type PlannedFile = readonly [path: string, content: PlannedContent];

const maxNameLength = 255;
const maxTargetLength = 4096;

/**
 * Normalizes the paths, without a leading slash or `.` parts, and sorts them.
 *
 * @param keep copies the contents
 * @throws InvalidOptionError if a path leads out of the folder, or two contradict each other
 */
export function planFiles(files: WasiFiles, keep: KeepContent = ownBytes): readonly PlannedFile[] {
  const planned = new Map<string, PlannedContent>();
  for (const [given, content] of Object.entries(files)) {
    const path = plainPath(given);
    if (planned.has(path)) throw refused(given, "it is there twice");
    planned.set(
      path,
      given.endsWith("/") ? emptyFolder(given, content) : contentOf(given, content, keep),
    );
  }
  for (const path of planned.keys()) {
    for (const parent of parentsOf(path)) {
      const above = planned.get(parent);
      if (above === undefined || above === null) continue;
      throw refused(path, `${parent} is a ${above instanceof Uint8Array ? "file" : "link"}`);
    }
  }
  return [...planned].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** Copies a content into its own memory. */
export const ownBytes: KeepContent = (content) =>
  typeof content === "string" ? new TextEncoder().encode(content) : new Uint8Array(content);

function plainPath(given: string): string {
  const names = given.split("/").filter((name) => name !== "" && name !== ".");
  if (names.length === 0) throw refused(given, "it names no file");
  if (names.includes("..")) throw refused(given, "`..` would lead out of the folder");
  if (given.includes("\0")) throw refused(given, "no name may have the character NUL in it");
  if (names.some((name) => Buffer.byteLength(name) > maxNameLength)) {
    throw refused(given, `a name may have ${maxNameLength} bytes`);
  }
  return names.join("/");
}

function parentsOf(path: string): string[] {
  const names = path.split("/");
  return names.slice(1).map((_, index) => names.slice(0, index + 1).join("/"));
}

function emptyFolder(given: string, content: unknown): null {
  if (content !== "")
    throw refused(given, 'a folder, which the slash at the end makes it, takes the text ""');
  return null;
}

function contentOf(given: string, content: unknown, keep: KeepContent): PlannedContent {
  if (typeof content === "string" || content instanceof Uint8Array) return keep(content);
  if (typeof content === "object" && content !== null && "link" in content) {
    return { link: linkTarget(given, content.link) };
  }
  throw refused(given, `expected a text, a Uint8Array or a { link }, but got a ${typeof content}`);
}

function linkTarget(given: string, target: unknown): string {
  if (typeof target !== "string" || target === "" || target.includes("\0")) {
    throw refused(given, "a link leads to a path: a text, not empty and without NUL");
  }
  if (Buffer.byteLength(target) > maxTargetLength) {
    throw refused(given, `where a link leads may have ${maxTargetLength} bytes`);
  }
  return target;
}

function refused(path: string, reason: string): InvalidOptionError {
  return new InvalidOptionError("files", `${JSON.stringify(path)}: ${reason}.`);
}
