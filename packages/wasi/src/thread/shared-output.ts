const initialLength = 4096;

/** The place of a {@link SharedOutput}, to pass to another thread. */
export interface SharedOutputPlace {
  readonly bytes: SharedArrayBuffer;
  readonly state: SharedArrayBuffer;
}

/**
 * A program's output, which another thread can read at any time, because the thread of a stopped program no longer
 * responds.
 */
export class SharedOutput {
  readonly place: SharedOutputPlace;
  /** The number of bytes, and whether some are unread. */
  readonly #state: Uint32Array;

  constructor(place: SharedOutputPlace) {
    this.place = place;
    this.#state = new Uint32Array(place.state);
  }

  /** @param limit the max bytes */
  static create(limit: number): SharedOutput {
    const maxByteLength = Math.max(limit, initialLength);
    return new SharedOutput({
      bytes: new SharedArrayBuffer(initialLength, { maxByteLength }),
      state: new SharedArrayBuffer(2 * Uint32Array.BYTES_PER_ELEMENT),
    });
  }

  append(data: Uint8Array): void {
    const { bytes } = this.place;
    const start = Atomics.load(this.#state, 0);
    const end = start + data.length;
    if (end > bytes.byteLength) {
      bytes.grow(Math.min(Math.max(end, bytes.byteLength * 2), bytes.maxByteLength));
    }
    new Uint8Array(bytes, start, data.length).set(data);
    // Last, so that no one reads bytes before they are written.
    Atomics.store(this.#state, 0, end);
  }

  /** A copy of everything written so far, or of what follows the first `start` bytes. */
  read(start = 0): Uint8Array<ArrayBuffer> {
    const length = Atomics.load(this.#state, 0);
    return new Uint8Array(new Uint8Array(this.place.bytes, start, length - start));
  }

  /** Marks new output; false if it was already marked and not read since. */
  announce(): boolean {
    return Atomics.exchange(this.#state, 1, 1) === 0;
  }

  /** A copy of what follows the first `start` bytes. New output from now on must be announced again. */
  readNews(start: number): Uint8Array<ArrayBuffer> {
    Atomics.store(this.#state, 1, 0);
    return this.read(start);
  }
}
