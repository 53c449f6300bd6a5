import { FlawlessError } from "../errors.ts";

/**
 * Why no module could be built.
 *
 * - `FLAWLESS_BUILD_INVALID_OPTION`: options that contradict each other or can't be used.
 * - `FLAWLESS_BUILD_SOURCE`: the source can't be bundled: a file is missing, or its syntax is wrong.
 * - `FLAWLESS_BUILD_UNSUPPORTED_IMPORT`: something is imported that a workflow can't have, such as `node:fs`.
 * - `FLAWLESS_BUILD_NO_MODULE`: the file's default export is not what `defineModule` gives, or it threw.
 * - `FLAWLESS_BUILD_BAD_NAME`: the name or the version of the module, or of a workflow, can't be used.
 * - `FLAWLESS_BUILD_TOO_LARGE`: the code needs more memory than the engine has.
 */
export type BuildErrorCode =
  | "FLAWLESS_BUILD_INVALID_OPTION"
  | "FLAWLESS_BUILD_SOURCE"
  | "FLAWLESS_BUILD_UNSUPPORTED_IMPORT"
  | "FLAWLESS_BUILD_NO_MODULE"
  | "FLAWLESS_BUILD_BAD_NAME"
  | "FLAWLESS_BUILD_TOO_LARGE";

/** A place in the user's source. Lines and columns count from 1. */
export interface SourcePlace {
  /** As the user would write it: relative to the current directory where it lies there. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A module written in TypeScript can't be built. The message begins with the place, where it is known. */
export class BuildError extends FlawlessError {
  override readonly _tag = "BuildError";
  override readonly code: BuildErrorCode;
  /** Where in the source; `null` where no place is to blame. */
  readonly place: SourcePlace | null;

  constructor(
    code: BuildErrorCode,
    message: string,
    options: ErrorOptions & { readonly place?: SourcePlace | null } = {},
  ) {
    const { place = null } = options;
    const prefix = place === null ? "" : `${place.file}:${place.line}:${place.column}: `;
    super(prefix + message, options);
    this.code = code;
    this.place = place;
  }

  /** Whether `value` is a `BuildError`, made by this or another copy of the package. */
  static override is(value: unknown): value is BuildError {
    return FlawlessError.is(value) && value._tag === "BuildError";
  }
}
