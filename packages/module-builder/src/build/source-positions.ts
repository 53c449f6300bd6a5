import { dirname, relative } from "node:path";
import { decode } from "@jridgewell/sourcemap-codec";
import { ownFilePrefix, type SourcePositions } from "../guest/source-positions.ts";
import type { Bundle } from "./bundle.ts";
import { ownPath } from "./own-files.ts";

/**
 * A bundle's source map in the form that the guest side reads. Files are relative to the module's file, so that the
 * same source gives the same bytes wherever it is.
 */
export function sourcePositions({ map }: Bundle, moduleFile: string): SourcePositions {
  const files = map.sources.map((source) => shownSource(source, dirname(moduleFile)));
  const lines = decode(map.mappings).map((segments) => {
    const numbers: number[] = [];
    let inOwnFile = false;
    for (const [column, file, line, originalColumn] of segments) {
      if (file === undefined || line === undefined || originalColumn === undefined) continue;
      // For our own files it is enough to know that they are ours.
      const isOwn = files[file]?.startsWith(ownFilePrefix) ?? false;
      if (!isOwn || !inOwnFile) numbers.push(column + 1, file, line + 1, originalColumn + 1);
      inOwnFile = isOwn;
    }
    return numbers;
  });
  return { files, lines };
}

function shownSource(source: string, base: string): string {
  if (source.startsWith("\0")) return `${ownFilePrefix}${source.slice(1)}`;
  const own = ownPath(source);
  return own === undefined ? relative(base, source).replaceAll("\\", "/") : ownFilePrefix + own;
}
