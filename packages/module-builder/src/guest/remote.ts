/** Something that the host does on its own, where it has the extensions for it. */
export interface Remote {
  /** JSON text of what `begin` and `run` take. */
  readonly describe: () => string;
  /** Does it by a host call of the ABI, which blocks until it has ended; undefined where the ABI has none. */
  readonly plain?: (() => void) | undefined;
  /** Hears its result. */
  readonly ended: (result: unknown) => void;
  /** Hears why it could not begin. */
  readonly failed: (error: unknown) => void;
  /** What it is called, where the host can't do it. */
  readonly feature: string;
  /** What to do then. */
  readonly advice?: string;
  /** Its number once it has begun; 0 before. */
  number: number;
  /** Whether somebody cares for its result. */
  isAwaited: boolean;
}

/** The host, as far as it has extensions. */
export const host: {
  /** Whether there is one: while the build runs the script there is not. */
  isThere: boolean;
  /** Undefined as long as it was not asked for any. */
  hasExtensions: boolean | undefined;
  /** Ends what has begun, by its number; there once something has. */
  abort: ((number: number) => void) | undefined;
} = { isThere: false, hasExtensions: undefined, abort: undefined };

/** What was asked for, and has not begun yet; in this order. */
export const unbegun: Set<Remote> = new Set();
/** What goes on, and whose results somebody waits for, by number. */
export const begun: Map<number, Remote> = new Map();
