/** A source of bytes, in pieces of any size; null at its end. */
export type NextBytes = () => Promise<Buffer | null>;

/** Thrown if the bytes end before the requested number. */
export class EndOfBytes extends Error {
  constructor() {
    super("the stream ended too early");
    this.name = "EndOfBytes";
  }
}

/** Reads a given number of bytes, whatever pieces they come in. It buffers at most one piece beyond the request. */
export class ByteReader {
  readonly #next: NextBytes;
  #rest: Buffer = Buffer.alloc(0);

  constructor(next: NextBytes) {
    this.#next = next;
  }

  /** Whether there are no more bytes. */
  async atEnd(): Promise<boolean> {
    while (this.#rest.length === 0) {
      const more = await this.#next();
      if (more === null) return true;
      this.#rest = more;
    }
    return false;
  }

  /** The next bytes, however many; null at the end. */
  async piece(): Promise<Buffer | null> {
    if (await this.atEnd()) return null;
    const piece = this.#rest;
    this.#rest = Buffer.alloc(0);
    return piece;
  }

  /** @throws EndOfBytes */
  async exactly(length: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (let missing = length; missing > 0;) {
      const part = await this.upTo(missing);
      parts.push(part);
      missing -= part.length;
    }
    return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
  }

  /**
   * The bytes that have arrived, at least one.
   * @throws EndOfBytes
   */
  async upTo(length: number): Promise<Buffer> {
    if (await this.atEnd()) throw new EndOfBytes();
    const part = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(part.length);
    return part;
  }
}
