import { resolve } from "node:path";
import { FlawlessError } from "@flawless-ts/wasm-module";

/**
 * Why no module could be built.
 *
 * - `FLAWLESS_BUILD_SOURCE`: the source can't be bundled: a file or a package is missing, or the syntax is wrong.
 * - `FLAWLESS_BUILD_UNSUPPORTED_IMPORT`: something is imported that a workflow can't have, such as `node:fs`.
 * - `FLAWLESS_BUILD_UNSUPPORTED_SYNTAX`: the engine has no such syntax, and nothing is installed that writes it in
 *   other words: standard decorators, without TypeScript.
 * - `FLAWLESS_BUILD_MISSING_GLOBAL`: a global is used that a workflow doesn't have, such as `process`.
 * - `FLAWLESS_BUILD_NO_MODULE`: the file's default export is not what `defineModule` gives, or it threw.
 * - `FLAWLESS_BUILD_BAD_NAME`: the name or the version of the module, or of a workflow, can't be used.
 * - `FLAWLESS_BUILD_TIMEOUT`: the top level of the files computes for too long.
 * - `FLAWLESS_BUILD_TOO_LARGE`: the code needs more memory than the engine has.
 */
export type BuildErrorCode =
  | "FLAWLESS_BUILD_SOURCE"
  | "FLAWLESS_BUILD_UNSUPPORTED_IMPORT"
  | "FLAWLESS_BUILD_UNSUPPORTED_SYNTAX"
  | "FLAWLESS_BUILD_MISSING_GLOBAL"
  | "FLAWLESS_BUILD_NO_MODULE"
  | "FLAWLESS_BUILD_BAD_NAME"
  | "FLAWLESS_BUILD_TIMEOUT"
  | "FLAWLESS_BUILD_TOO_LARGE";

/** A place in the user's source. Lines and columns count from 1. */
export interface SourcePlace {
  /** As the user would write it: relative to the current directory where it lies there. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One thing that is wrong, or that the user should know of. */
export interface BuildProblem {
  readonly code: BuildErrorCode;
  /** What is wrong and what to do about it, without the place; plain text. */
  readonly message: string;
  /** Where in the source; `null` where no place is to blame. */
  readonly place: SourcePlace | null;
  /** The lines around the place, with a caret below it; `null` where they are not known. */
  readonly frame: string | null;
}

/**
 * A module written in TypeScript can't be built. The message shows each problem the way compilers do: its place, what
 * is wrong, and the line with a caret below the place. It is plain text, wherever it is shown.
 */
export class BuildError extends FlawlessError {
  /** That of the first problem. */
  override readonly code: BuildErrorCode;
  /** Place of the first problem; `null` where no place is to blame. */
  readonly place: SourcePlace | null;
  /** All that was found, at least one. */
  readonly problems: readonly [BuildProblem, ...BuildProblem[]];

  /**
   * What to watch for a correction, as absolute paths: the files with the problems, and, ending in a slash, the folders in
   * which something was looked for that is not there.
   */
  readonly files: readonly string[];

  constructor(
    problems: readonly [BuildProblem, ...BuildProblem[]],
    options: BuildErrorOptions = {},
  ) {
    const { missingIn = [], ...errorOptions } = options;
    super(problems.map(formatProblem).join("\n\n"), errorOptions);
    this.problems = problems;
    const places = problems.flatMap(({ place }) => (place === null ? [] : [resolve(place.file)]));
    this.files = [...new Set([...places, ...missingIn])];
    const [{ code, place }] = problems;
    this.code = code;
    this.place = place;
  }

  override get _tag(): "BuildError" {
    return "BuildError";
  }
}

/** Options of {@link BuildError}. */
export interface BuildErrorOptions extends ErrorOptions {
  /** Folders in which something was looked for that is not there: absolute paths that end in a slash. */
  readonly missingIn?: readonly string[];
}

/** A problem that no place is to blame for. */
export function plainProblem(code: BuildErrorCode, message: string): BuildProblem {
  return { code, message, place: null, frame: null };
}

/** @throws {BuildError} if there are problems. */
export function refuse(
  [first, ...rest]: readonly BuildProblem[],
  options?: BuildErrorOptions,
): void {
  if (first !== undefined) throw new BuildError([first, ...rest], options);
}

/** A problem as text of several lines: place and message, then the frame. */
export function formatProblem({ message, place, frame }: BuildProblem): string {
  const start = place === null ? "" : `${place.file}:${place.line}:${place.column}: `;
  return start + message + (frame === null ? "" : `\n\n${frame}`);
}
