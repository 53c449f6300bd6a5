/**
 * The map from the bundled script back to the user's files. Each line of the script has numbers, four for each
 * position: column in the script, index of the file, line, and column there; lines and columns count from 1.
 */
export interface SourcePositions {
  readonly files: readonly string[];
  readonly lines: readonly (readonly number[])[];
}

const numbersPerPlace = 4;

/** Prefix of this package's files, which nobody wants to see in a stack. */
export const ownFilePrefix = "flawless:";

/**
 * JavaScript's own functions, the engine's check of its clock, and the call of the function around the whole script.
 */
const engineFrame = /\(native\)$|at native$|\(eval_script:\d+:\d+\)$|^\s*at <eval> /;

const place = /workflow\.js:(\d+):(\d+)/;

/** A stack mapped to the user's files, one frame a line. */
export function userStack(stack: string, positions: SourcePositions | undefined): string[] {
  return stackFrames(stack)
    .map((frame) => mapFrame(frame, positions))
    .filter((frame) => !frame.includes(ownFilePrefix) && !engineFrame.test(frame));
}

/** The frames of a stack, without the lines of its message. */
export function stackFrames(stack: string): string[] {
  return stack.split("\n").filter((line) => /^\s+at /.test(line));
}

/** `FILE:LINE:COLUMN` of the first frame that has one. */
export function placeOf(frames: readonly string[]): string | undefined {
  for (const frame of frames) {
    const found = /\(?([^\s()]+:\d+:\d+)\)?$/.exec(frame)?.[1];
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A location in one of the user's files, relative to the module's file. Lines and columns count from 1. */
export interface OriginalPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Where a position in the script comes from. */
export function originalPlace(
  { files, lines }: SourcePositions,
  line: number,
  column: number,
): OriginalPlace | undefined {
  const places = lines[line - 1] ?? [];
  let best = 0;
  for (let index = 0; index < places.length; index += numbersPerPlace) {
    if ((places[index] ?? Infinity) <= column) best = index;
  }
  const [file, originalLine = 0, originalColumn = 0] = places.slice(
    best + 1,
    best + numbersPerPlace,
  );
  return file === undefined
    ? undefined
    : { file: files[file] ?? "", line: originalLine, column: originalColumn };
}

function mapFrame(frame: string, positions: SourcePositions | undefined): string {
  return frame.replace(place, (found, line: string, column: string) => {
    const original =
      positions === undefined ? undefined : originalPlace(positions, Number(line), Number(column));
    return original === undefined ? found : `${original.file}:${original.line}:${original.column}`;
  });
}
