import { dirname, resolve } from "node:path";
import { placeOf, type SourcePositions, userStack } from "../authoring/guest/source-positions.ts";
import type { SourcePlace } from "./build-error.ts";
import { shownFile } from "./source-place.ts";

/** What went wrong while a script was evaluated, in terms of the user's files. */
export function mapStack(
  failure: { readonly message: string; readonly stack: string },
  positions: SourcePositions,
  moduleFile: string,
): { readonly message: string; readonly place: SourcePlace | null } {
  const frames = userStack(failure.stack, positions);
  const [, file, line, column] = /^(.*):(\d+):(\d+)$/.exec(placeOf(frames) ?? "") ?? [];
  const place =
    file === undefined
      ? { file: shownFile(moduleFile), line: 1, column: 1 }
      : {
          file: shownFile(resolve(dirname(moduleFile), file)),
          line: Number(line),
          column: Number(column),
        };
  return { message: [failure.message, ...frames].join("\n"), place };
}
