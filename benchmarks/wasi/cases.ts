const mebibyte = 2 ** 20;
/** The size of the large file in bytes. */
export const largeBytes: number = 50 * mebibyte;
const outputBytes = 10 * mebibyte;

/** A case to measure: what a program does, and with what. */
export interface WasiCase {
  readonly what: string;
  /** The program's arguments. */
  readonly args: readonly string[];
  /** Whether it gets the large file, as `big`. */
  readonly needsFile: boolean;
  /** The max time as a multiple of that under `node:wasi`; undefined if there is no aim. */
  readonly aim: number | undefined;
}

const sizes = [
  ["4 KiB", 4096],
  ["64 KiB", 65_536],
] as const;

/** All cases. */
export const cases: readonly WasiCase[] = [
  { what: "nothing", args: [], needsFile: false, aim: undefined },
  { what: "nothing, beside a file of 50 MiB", args: [], needsFile: true, aim: undefined },
  ...sizes.map(([name, bytes]) => ({
    what: `read 50 MiB, ${name} at a time`,
    args: ["read-pieces", "/big", String(bytes)],
    needsFile: true,
    aim: 3,
  })),
  ...sizes.map(([name, bytes]) => ({
    what: `write 50 MiB, ${name} at a time`,
    args: ["write-pieces", "/new", String(largeBytes), String(bytes)],
    needsFile: false,
    aim: 3,
  })),
  ...sizes.map(([name, bytes]) => ({
    what: `10 MiB to stdout, ${name} at a time`,
    args: ["output-pieces", String(outputBytes), String(bytes)],
    needsFile: false,
    aim: 1.2,
  })),
];
