/** Something that the host does in the background if it has extensions for it. */
export interface Remote {
  /** The JSON text for `begin` and `run`. */
  readonly describe: () => string;
  /** Does it with a host call of the ABI, which blocks until it has ended; undefined if the ABI has none. */
  readonly plain?: (() => void) | undefined;
  /** Called with its result. */
  readonly ended: (result: unknown) => void;
  /** Called with the reason if it could not begin. */
  readonly failed: (error: unknown) => void;
  /** Its name for messages, if the host doesn't support it. */
  readonly feature: string;
  /** What to do in that case. */
  readonly advice?: string;
  /** Its number once it has begun; 0 before. */
  number: number;
  /** Whether anybody is interested in its result. */
  isAwaited: boolean;
}

/** The host, and what is known about its extensions. */
export const host: {
  /** Whether there is one: not while the build runs the script. */
  isThere: boolean;
  /** Undefined until an extension has been called. */
  hasExtensions: boolean | undefined;
  /** Aborts an operation by its number; defined once one has begun. */
  abort: ((number: number) => void) | undefined;
} = { isThere: false, hasExtensions: undefined, abort: undefined };

/** What was requested and has not begun yet, in order. */
export const unbegun: Set<Remote> = new Set();
/** What is running and awaited, by number. */
export const begun: Map<number, Remote> = new Map();
