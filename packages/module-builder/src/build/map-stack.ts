import { dirname, resolve } from "node:path";
import { placeOf, type SourcePositions, userStack } from "../guest/source-positions.ts";
import type { FilePlace } from "./source-texts.ts";

/**
 * What went wrong while a script was evaluated, mapped to the user's files. The location is `null` if none of them is
 * in the stack.
 */
export function mapStack(
  failure: { readonly message: string; readonly stack: string },
  positions: SourcePositions,
  moduleFile: string,
): { readonly message: string; readonly place: FilePlace | null } {
  const frames = userStack(failure.stack, positions);
  const [, file, line, column] = /^(.*):(\d+):(\d+)$/.exec(placeOf(frames) ?? "") ?? [];
  const place =
    file === undefined
      ? null
      : {
          file: resolve(dirname(moduleFile), file),
          line: Number(line),
          column: Number(column),
        };
  // A single frame says no more than the location does.
  return { message: [failure.message, ...(frames.length > 1 ? frames : [])].join("\n"), place };
}
