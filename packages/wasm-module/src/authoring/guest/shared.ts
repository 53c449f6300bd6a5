import type { durationMilliseconds } from "../duration-text.ts";
import type { FetchError } from "../fetch-error.ts";
import type { Library } from "./library.ts";
import type { fixDeadlines } from "./waits.ts";

/** What the library has from the rest of the script, because there must be only one of it. */
export interface Shared {
  readonly durationMilliseconds: typeof durationMilliseconds;
  readonly FetchError: typeof FetchError;
  readonly fixDeadlines: typeof fixDeadlines;
  /** To be called by the library, with itself. */
  readonly publish: (library: Library) => void;
}

declare const __shared: Shared;

/** A parameter of the function that the whole library is in. */
export const shared: Shared = __shared;
