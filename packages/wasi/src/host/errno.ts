/**
 * The error numbers that this host returns to guests.
 *
 * Source: `errno` in the witx files of WASI's `wasi_snapshot_preview1`, which `wasi_unstable` shares.
 */
const numbers = {
  badf: 8,
  exist: 20,
  fault: 21,
  fbig: 22,
  ilseq: 25,
  inval: 28,
  isdir: 31,
  loop: 32,
  mfile: 33,
  nametoolong: 37,
  noent: 44,
  nospc: 51,
  nosys: 52,
  notdir: 54,
  notempty: 55,
  notsock: 57,
  notsup: 58,
  perm: 63,
  spipe: 70,
  notcapable: 76,
} as const;

/** An error's name in WASI. */
export type Errno = keyof typeof numbers;

/** Whether a text is the name of an error that this host returns. */
export function isErrno(text: unknown): text is Errno {
  return typeof text === "string" && Object.hasOwn(numbers, text);
}

/** An error's number, for guests. */
export function errnoNumber(errno: Errno): number {
  return numbers[errno];
}

/** A guest's call that the host refuses. The guest continues with the error's number. */
export class CallRefused extends Error {
  readonly errno: Errno;

  constructor(errno: Errno) {
    super(errno);
    this.errno = errno;
  }
}
