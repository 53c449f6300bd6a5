import { relative } from "node:path";

/** A file as the user would write it: relative to the current directory if it is in there. */
export function shownFile(file: string): string {
  const path = relative(process.cwd(), file);
  return path === "" || path.startsWith("..") ? file : path.replaceAll("\\", "/");
}

/** The line and column of an offset in a text; they count from 1. */
export function placeAt(
  text: string,
  offset: number,
): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset);
  return { line: before.split("\n").length, column: offset - before.lastIndexOf("\n") };
}
