import { relative } from "node:path";
import type { SourcePlace } from "./build-error.ts";

/** A file as the user would write it: relative to the current directory where it lies there. */
export function shownFile(file: string): string {
  const path = relative(process.cwd(), file);
  return path === "" || path.startsWith("..") ? file : path.replaceAll("\\", "/");
}

/** The place of an offset in a text; lines and columns count from 1. */
export function placeAt(file: string, text: string, offset: number): SourcePlace {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf("\n") + 1;
  return {
    file: shownFile(file),
    line: before.split("\n").length,
    column: offset - lineStart + 1,
  };
}
