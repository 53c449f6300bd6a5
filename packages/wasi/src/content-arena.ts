/** Copies a content, so that no one changes it before the program runs. */
export type KeepContent = (content: string | Uint8Array) => Uint8Array;

const smallestBlock = 2 ** 20;
/** The max kept for the next run: a test process must not hold on to everything that one test needed. */
const maxIdleBytes = 2 ** 27;
const idleMs = 10_000;

// A test may replace the process's clocks.
const { setTimeout, clearTimeout } = globalThis;

/**
 * Memory for the contents of one run's files, which the program's thread reads without another copy.
 *
 * Fresh memory costs more than the copying (each page must be allocated), so a run's memory is kept for a while for the
 * next one.
 */
export class ContentArena {
  static #idle: SharedArrayBuffer[] = [];
  static #timer: NodeJS.Timeout | undefined;

  readonly #blocks: SharedArrayBuffer[] = [];
  #used = 0;

  /** Copies a content into the arena. */
  readonly keep: KeepContent = (content) => {
    const length = typeof content === "string" ? Buffer.byteLength(content) : content.length;
    const place = this.#place(length);
    if (typeof content === "string") {
      Buffer.from(place.buffer, place.byteOffset, length).write(content, "utf8");
    } else {
      place.set(content);
    }
    return place;
  };

  /** Releases the memory. Nothing may read it any more. */
  release(): void {
    let kept = ContentArena.#idle.reduce((sum, { byteLength }) => sum + byteLength, 0);
    for (const block of this.#blocks.splice(0)) {
      kept += block.byteLength;
      if (kept > maxIdleBytes) break;
      ContentArena.#idle.push(block);
    }
    // So that the smallest one that is large enough is found first.
    ContentArena.#idle.sort((a, b) => a.byteLength - b.byteLength);
    clearTimeout(ContentArena.#timer);
    ContentArena.#timer = setTimeout(() => (ContentArena.#idle = []), idleMs).unref();
  }

  #place(length: number): Uint8Array<SharedArrayBuffer> {
    let block = this.#blocks.at(-1);
    if (block === undefined || this.#used + length > block.byteLength) {
      block = takeBlock(ContentArena.#idle, length);
      this.#blocks.push(block);
      this.#used = 0;
    }
    const place = new Uint8Array(block, this.#used, length);
    this.#used += length;
    return place;
  }
}

function takeBlock(idle: SharedArrayBuffer[], length: number): SharedArrayBuffer {
  const index = idle.findIndex(({ byteLength }) => byteLength >= length);
  const [found] = index === -1 ? [] : idle.splice(index, 1);
  return found ?? new SharedArrayBuffer(Math.max(length, smallestBlock));
}
