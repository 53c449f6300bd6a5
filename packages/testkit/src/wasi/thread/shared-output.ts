const initialLength = 4096;

/** The place of a {@link SharedOutput}, to be passed to another thread. */
export interface SharedOutputPlace {
  readonly bytes: SharedArrayBuffer;
  readonly length: SharedArrayBuffer;
}

/**
 * What a program writes to one of its outputs, where another thread can read it at any time: when a
 * program is stopped, its thread can't be asked any more.
 */
export class SharedOutput {
  readonly place: SharedOutputPlace;
  readonly #length: Uint32Array;

  constructor(place: SharedOutputPlace) {
    this.place = place;
    this.#length = new Uint32Array(place.length);
  }

  /** @param limit most bytes it will ever hold */
  static create(limit: number): SharedOutput {
    const maxByteLength = Math.max(limit, initialLength);
    return new SharedOutput({
      bytes: new SharedArrayBuffer(initialLength, { maxByteLength }),
      length: new SharedArrayBuffer(Uint32Array.BYTES_PER_ELEMENT),
    });
  }

  append(data: Uint8Array): void {
    const { bytes } = this.place;
    const start = Atomics.load(this.#length, 0);
    const end = start + data.length;
    if (end > bytes.byteLength) {
      bytes.grow(Math.min(Math.max(end, bytes.byteLength * 2), bytes.maxByteLength));
    }
    new Uint8Array(bytes, start, data.length).set(data);
    // Last, so that no one reads bytes that are not there yet.
    Atomics.store(this.#length, 0, end);
  }

  /** A copy of all that was written so far. */
  read(): Uint8Array<ArrayBuffer> {
    const length = Atomics.load(this.#length, 0);
    return new Uint8Array(new Uint8Array(this.place.bytes, 0, length));
  }
}
