import { CallRefused } from "./errno.ts";

/** What a file, a folder or a link takes beside its content, in bytes; without it, empty files would be free. */
export const bytesPerNode = 512;

/** How much a guest may still write, to files and outputs together: a disk that can be full. */
export class Storage {
  #free: number;
  #lastNumber = 0;

  /** @param limit in bytes */
  constructor(limit: number) {
    this.#free = limit;
  }

  /** @throws CallRefused `nospc` where so much is not free */
  take(bytes: number): void {
    if (bytes > this.#free) throw new CallRefused("nospc");
    this.#free -= bytes;
  }

  /** How many bytes are free. */
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
