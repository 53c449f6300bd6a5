const mebibyte = 2 ** 20;
/** How many bytes the large file has. */
export const largeBytes: number = 50 * mebibyte;
const outputBytes = 10 * mebibyte;

/** Something that is measured: what a program does, and with what. */
export interface WasiCase {
  readonly what: string;
  /** The program's arguments. */
  readonly args: readonly string[];
  /** Whether it finds the large file, as `big`. */
  readonly needsFile: boolean;
  /** How many times as long as under `node:wasi` it may take; undefined where nobody promised anything. */
  readonly aim: number | undefined;
}

const sizes = [
  ["4 KiB", 4096],
  ["64 KiB", 65_536],
] as const;

/** All that is measured. */
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
