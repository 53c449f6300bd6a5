/** A program's clock. */
export interface WasiClock {
  /** When the program starts: milliseconds since the Unix epoch, or a date. Default: 2000-01-01T00:00:00Z. */
  readonly startTime?: number | Date | undefined;
  /**
   * The milliseconds by which each reading of a clock advances all clocks; fractions are allowed. Default: 0.001, a
   * microsecond, so that schedulers that read the clock all the time, such as Go's, don't use up a deadline that way. A
   * program that reads it in a loop until seconds have passed ends sooner with a larger step. With 0, time stands still
   * except for sleeping, and such a program never ends.
   */
  readonly stepMs?: number | undefined;
}

/** How long and with how much memory a program may run. */
export interface WasiLimits {
  /**
   * The max real time for the program, in milliseconds, from its first instruction on. Default: 4,000, so that its
   * error comes before Vitest's own timeout of 5 seconds.
   */
  readonly timeoutMs?: number | undefined;
  /**
   * The max memory of the program, in bytes; rounded down to pages of 65,536 bytes. A program that requests more gets
   * none. Default: 268,435,456 (256 MiB). A program given as a compiled module sets its own limit; it is stopped at the
   * first call at which it has more than this.
   */
  readonly memoryLimitBytes?: number | undefined;
  /** Stops the program when aborted: its thread is terminated, and the call rejects with the signal's `reason`. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Called while the program runs with what it writes to stdout: all bytes since the last call. How they are split
   * differs from run to run; together they are the result's `stdoutBytes`. An error that it throws stops the program,
   * and the call rejects with it.
   */
  readonly onStdout?: ((bytes: Uint8Array) => void) | undefined;
  /** Like `onStdout`, for stderr. */
  readonly onStderr?: ((bytes: Uint8Array) => void) | undefined;
}

/** A file's content as text (UTF-8) or bytes, or a symbolic link's target: a path relative to the link's folder. */
export type WasiFile = string | Uint8Array | { readonly link: string };

/**
 * Files by their paths. A path that ends with a slash is an empty folder and takes the text "". Parent folders
 * are created.
 */
export type WasiFiles = Readonly<Record<string, WasiFile>>;

/** A folder for a program. */
export interface WasiFolder {
  /** Its contents; with `from`, these are added to, or replace, its files. Default: nothing. */
  readonly files?: WasiFiles | undefined;
  /**
   * A folder of this machine, as path or `file:` URL, whose files are copied as they are when the program starts: its
   * changes affect only the copy. Links stay links, and none leads out. Up to 1 GiB in 100,000 files and folders.
   */
  readonly from?: string | URL | undefined;
  /** Whether its contents can't be changed; attempts are refused with `perm`. Default: false. */
  readonly readOnly?: boolean | undefined;
}

/** A call of a function that a library exports. */
export interface WasiCall {
  /** The function's name. */
  readonly name: string;
  /** Its parameters: bigints for 64-bit integers, otherwise numbers. Default: none. */
  readonly parameters?: readonly (number | bigint)[] | undefined;
}

/** A program, for the functions that it imports in addition to WASI's. */
export interface WasiGuest {
  /**
   * Its current memory: the program sees what is written there. Read this property in each call, because the memory may
   * grow.
   */
  readonly memory: Uint8Array;
}

/** Functions that a program imports, by the names of module and function. 64-bit integers are bigints. */
export type WasiImports = Readonly<
  Record<
    string,
    Readonly<Record<string, (...parameters: (number | bigint)[]) => number | bigint | void>>
  >
>;

/** The default export of the module of the option `imports`; called once for each run. */
export type WasiImportsFactory = (guest: WasiGuest) => WasiImports;

/** What a program runs with. Everything that is omitted is empty: nothing comes from this process. */
export interface WasiOptions extends WasiLimits {
  /** The arguments, without the program's name. Default: none. */
  readonly args?: readonly string[] | undefined;
  /** The program's name, its argument 0. Default: the name of its file, or `program.wasm` for bytes. */
  readonly programName?: string | undefined;
  /**
   * Runs a library (a reactor) instead of a program: its `_initialize`, if it has one, and then these functions, one
   * after the other in the same instance. Their return values are the result's `returned`.
   */
  readonly calls?: readonly WasiCall[] | undefined;
  /**
   * A module in JavaScript, or in TypeScript that Node runs, as path or `file:` URL. Its default export, a
   * {@link WasiImportsFactory}, provides the functions that the program imports in addition to WASI's. It is loaded in
   * the program's thread, separately from the test. These functions can't be recorded: `recordWasi` refuses the option.
   * Default: none, and a program that imports other functions is refused.
   */
  readonly imports?: string | URL | undefined;
  /** The environment variables. Default: none, not even those of this process. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** What the program reads from stdin, as text (UTF-8) or bytes. Default: nothing, so its end is read immediately. */
  readonly stdin?: string | Uint8Array | undefined;
  /** The program's files, by their paths below its folder; there are no other files. Default: none. */
  readonly files?: WasiFiles | undefined;
  /** The folder's name for the program. Default: `/`, which is also where relative paths start. */
  readonly folder?: string | undefined;
  /**
   * Several folders, by their names for the program, instead of `files` and `folder`. The result then lists files by
   * the folder's name and the path below it, such as `/data/a.txt`. With `{}` the program has no files.
   */
  readonly folders?: Readonly<Record<string, WasiFolder>> | undefined;
  /** The program's clock, or when it starts: milliseconds since the Unix epoch, or a date. */
  readonly clock?: number | Date | WasiClock | undefined;
  /** The seed of the program's random numbers, which depend on nothing else. Default: 0. */
  readonly seed?: number | undefined;
  /**
   * The max bytes that the program may write, to files and outputs together; beyond that, its disk is full.
   * Default: 268,435,456 (256 MiB).
   */
  readonly storageLimitBytes?: number | undefined;
}
