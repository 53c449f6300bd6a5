/** A program's clock. */
export interface WasiClock {
  /** When the program starts: milliseconds since the Unix epoch, or a date. Default: 2000-01-01T00:00:00Z. */
  readonly startTime?: number | Date | undefined;
  /**
   * By how many milliseconds each reading of a clock moves all of them; fractions are allowed. Default: 0.001, a
   * microsecond, so that schedulers which read the clock all the time, as Go's does, don't use up a deadline by it.
   * A program that reads it in a loop until seconds have passed ends sooner with a larger step. With 0 the time stands
   * still but for sleeping; then such a program never ends.
   */
  readonly stepMs?: number | undefined;
}

/** How long and with how much memory a program may run. */
export interface WasiLimits {
  /**
   * Longest real time that the program may take, in milliseconds, from its first instruction on. Default: 4,000, so
   * that its error comes before Vitest's own timeout of 5 seconds.
   */
  readonly timeoutMs?: number | undefined;
  /**
   * Most memory that the program may have, in bytes; rounded down to pages of 65,536 bytes. A program that
   * wants more is told that there is none. Default: 268,435,456 (256 MiB). A program that was given as a compiled
   * module sets its own limit; it is stopped at the first call at which it has more than this.
   */
  readonly memoryLimitBytes?: number | undefined;
  /** Stops the program when it is aborted: its thread is ended, and the call rejects with the signal's `reason`. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Called while the program runs with what it writes to stdout: all bytes since the last call. How they are parted
   * differs from run to run; together they are the result's `stdoutBytes`. What it throws stops the program, and the
   * call rejects with that.
   */
  readonly onStdout?: ((bytes: Uint8Array) => void) | undefined;
  /** As `onStdout`, for stderr. */
  readonly onStderr?: ((bytes: Uint8Array) => void) | undefined;
}

/** A file's content as text (UTF-8) or bytes, or where a symbolic link leads: a path relative to the link's folder. */
export type WasiFile = string | Uint8Array | { readonly link: string };

/**
 * Files by their paths. A path that ends with a slash is an empty folder and takes the text "". Folders on the way
 * are made.
 */
export type WasiFiles = Readonly<Record<string, WasiFile>>;

/** A folder that a program finds. */
export interface WasiFolder {
  /** What is in it; beside a `from`, in addition to that, or in place of it. Default: nothing. */
  readonly files?: WasiFiles | undefined;
  /**
   * A folder of this machine, as path or `file:` URL, whose files are there as they are when the program starts: what
   * it changes, it changes for itself. Links stay links, and none leads out. Up to 1 GiB in 100,000 files and folders.
   */
  readonly from?: string | URL | undefined;
  /** Whether the program can't change what is in it; it is refused with `perm`. Default: false. */
  readonly readOnly?: boolean | undefined;
}

/** A call of a function that a library exports. */
export interface WasiCall {
  /** The function's name. */
  readonly name: string;
  /** Its parameters: bigints where it takes 64-bit integers, else numbers. Default: none. */
  readonly parameters?: readonly (number | bigint)[] | undefined;
}

/** What a program has to do with the functions that it imports beside WASI's. */
export interface WasiGuest {
  /** Its memory as it is now: what is written there, the program sees. Read it anew in each call, as it may have grown. */
  readonly memory: Uint8Array;
}

/** Functions that a program imports, by the names of module and function. 64-bit integers are bigints. */
export type WasiImports = Readonly<
  Record<
    string,
    Readonly<Record<string, (...parameters: (number | bigint)[]) => number | bigint | void>>
  >
>;

/** The default export of the module that the option `imports` names; called once for each run. */
export type WasiImportsFactory = (guest: WasiGuest) => WasiImports;

/** What a program is given to run with. All that is not given is empty: nothing comes from this process. */
export interface WasiOptions extends WasiLimits {
  /** The arguments, without the program's name. Default: none. */
  readonly args?: readonly string[] | undefined;
  /** The program's name, its argument 0. Default: the name of its file, or `program.wasm` where bytes are given. */
  readonly programName?: string | undefined;
  /**
   * Runs a library (a reactor) instead of a program: its `_initialize`, if it has one, and then these functions, one
   * after the other in the same instance. What they give back is the result's `returned`.
   */
  readonly calls?: readonly WasiCall[] | undefined;
  /**
   * A module in JavaScript, or in TypeScript that Node runs, as path or `file:` URL: its default export, a
   * {@link WasiImportsFactory}, gives the functions that the program imports beside WASI's. It is loaded in the program's
   * thread, apart from the test. What these functions do is not recorded: `recordWasi` refuses the option.
   * Default: none, and a program that imports other functions is refused.
   */
  readonly imports?: string | URL | undefined;
  /** The environment variables. Default: none, not those of this process. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** What the program reads from stdin, as text (UTF-8) or bytes. Default: nothing, so that its end is read at once. */
  readonly stdin?: string | Uint8Array | undefined;
  /** The files that the program finds, by their paths below the folder that it sees; no other file is there. Default: none. */
  readonly files?: WasiFiles | undefined;
  /** The name under which the program finds the folder. Default: `/`, which is also where relative paths start. */
  readonly folder?: string | undefined;
  /**
   * Several folders, by the names under which the program finds them, instead of `files` and `folder`. The result then
   * tells of files by the folder's name and the path below it, as `/data/a.txt`. With `{}` the program has no files.
   */
  readonly folders?: Readonly<Record<string, WasiFolder>> | undefined;
  /** The program's clock, or when it starts: milliseconds since the Unix epoch, or a date. */
  readonly clock?: number | Date | WasiClock | undefined;
  /** What the program's random numbers depend on, and all they depend on. Default: 0. */
  readonly seed?: number | undefined;
  /**
   * Most bytes that the program may write, to files and outputs together; then the disk is full for it.
   * Default: 268,435,456 (256 MiB).
   */
  readonly storageLimitBytes?: number | undefined;
}
