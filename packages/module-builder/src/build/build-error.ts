import { resolve } from "node:path";
import { FlawlessError } from "@flawless-ts/wasm-module";

/**
 * Why no module could be built.
 *
 * - `FLAWLESS_BUILD_SOURCE`: the source can't be bundled: a file or a package is missing, or the syntax is wrong.
 * - `FLAWLESS_BUILD_UNSUPPORTED_IMPORT`: an import that workflows can't have, such as `node:fs`.
 * - `FLAWLESS_BUILD_UNSUPPORTED_SYNTAX`: the engine doesn't support the syntax, and nothing that could convert it is
 *   installed: standard decorators, without TypeScript.
 * - `FLAWLESS_BUILD_MISSING_GLOBAL`: the code uses a global that workflows don't have, such as `process`.
 * - `FLAWLESS_BUILD_NO_MODULE`: the file's default export is not the result of `defineModule`, or the file threw an
 *   error.
 * - `FLAWLESS_BUILD_BAD_NAME`: the name or version of the module, or the name of a workflow, is not allowed.
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

/** A location in the user's source. Lines and columns count from 1. */
export interface SourcePlace {
  /** The path as the user would write it: relative to the current directory if the file is in there. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A problem, or something that the user should know. */
export interface BuildProblem {
  readonly code: BuildErrorCode;
  /** What is wrong and what to do about it, without the location; plain text. */
  readonly message: string;
  /** The location in the source; `null` if there is none. */
  readonly place: SourcePlace | null;
  /** The lines around the location, with a caret below it; `null` if unknown. */
  readonly frame: string | null;
}

/**
 * A module written in TypeScript can't be built. Like compilers, the message shows for each problem its location, what
 * is wrong, and the line with a caret below it. It is always plain text.
 */
export class BuildError extends FlawlessError {
  /** The code of the first problem. */
  override readonly code: BuildErrorCode;
  /** The location of the first problem; `null` if it has none. */
  readonly place: SourcePlace | null;
  /** All problems, at least one. */
  readonly problems: readonly [BuildProblem, ...BuildProblem[]];

  /**
   * What to watch for a fix, as absolute paths: the files with problems, and files that don't exist yet, any of which may
   * be what is missing.
   */
  readonly files: readonly string[];

  constructor(
    problems: readonly [BuildProblem, ...BuildProblem[]],
    options: BuildErrorOptions = {},
  ) {
    const { missing = [], ...errorOptions } = options;
    super(problems.map(formatProblem).join("\n\n"), errorOptions);
    this.problems = problems;
    const places = problems.flatMap(({ place }) => (place === null ? [] : [resolve(place.file)]));
    this.files = [...new Set([...places, ...missing])];
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
  /** Files any of which may be what is missing, as absolute paths. */
  readonly missing?: readonly string[];
}

/** A problem without a location. */
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

/** A problem as several lines of text: location and message, then the frame. */
export function formatProblem({ message, place, frame }: BuildProblem): string {
  const start = place === null ? "" : `${place.file}:${place.line}:${place.column}: `;
  return start + message + (frame === null ? "" : `\n\n${frame}`);
}
