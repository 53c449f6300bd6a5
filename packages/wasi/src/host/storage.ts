import { CallRefused } from "./errno.ts";

/** The bytes for a file, a folder or a link in addition to its content; otherwise empty files would be free. */
export const bytesPerNode = 512;

/** How much a guest may still write, to files and outputs together, like a disk that can be full. */
export class Storage {
  #free: number;
  #lastNumber = 0;

  /** @param limit in bytes */
  constructor(limit: number) {
    this.#free = limit;
  }

  /** @throws CallRefused `nospc` if there is not enough space */
  take(bytes: number): void {
    if (bytes > this.#free) throw new CallRefused("nospc");
    this.#free -= bytes;
  }

  /** The number of free bytes. */
  get free(): number {
    return this.#free;
  }

  give(bytes: number): void {
    this.#free += bytes;
  }

  /** A number for a new file, folder or link. */
  nextNumber(): number {
    this.#lastNumber += 1;
    return this.#lastNumber;
  }
}
