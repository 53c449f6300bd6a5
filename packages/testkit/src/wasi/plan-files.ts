import type { KeepContent } from "./content-arena.ts";
import { WasiOptionError } from "./wasi-errors.ts";

/** A file with its content, or an empty folder with null. */
export type PlannedFile = readonly [path: string, content: Uint8Array | null];

const longestName = 255;

/**
 * Brings the paths into one form, without a slash at the start or `.` on the way, and sorts them.
 *
 * @param keep copies the contents
 * @throws WasiOptionError where a path leads out of the folder, or two contradict each other
 */
export function planFiles(
  files: Readonly<Record<string, string | Uint8Array>>,
  keep: KeepContent = ownBytes,
): readonly PlannedFile[] {
  const planned = new Map<string, Uint8Array | null>();
  for (const [given, content] of Object.entries(files)) {
    const path = plainPath(given);
    if (planned.has(path)) throw refused(given, "it is there twice");
    planned.set(
      path,
      given.endsWith("/") ? emptyFolder(given, content) : bytesOf(given, content, keep),
    );
  }
  for (const path of planned.keys()) {
    for (const parent of parentsOf(path)) {
      if (planned.get(parent) instanceof Uint8Array) throw refused(path, `${parent} is a file`);
    }
  }
  return [...planned].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** Keeps a content in memory of its own. */
export const ownBytes: KeepContent = (content) =>
  typeof content === "string" ? new TextEncoder().encode(content) : new Uint8Array(content);

function plainPath(given: string): string {
  const names = given.split("/").filter((name) => name !== "" && name !== ".");
  if (names.length === 0) throw refused(given, "it names no file");
  if (names.includes("..")) throw refused(given, "`..` would lead out of the folder");
  if (given.includes("\0")) throw refused(given, "no name may have the character NUL in it");
  if (names.some((name) => Buffer.byteLength(name) > longestName)) {
    throw refused(given, `a name may have ${longestName} bytes`);
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

function bytesOf(given: string, content: unknown, keep: KeepContent): Uint8Array {
  if (typeof content === "string" || content instanceof Uint8Array) return keep(content);
  throw refused(given, `expected a text or a Uint8Array, but got a ${typeof content}`);
}

function refused(path: string, reason: string): WasiOptionError {
  return new WasiOptionError("files", `${JSON.stringify(path)}: ${reason}.`);
}
