/** A source of bytes, in pieces of any size; null at its end. */
export type NextBytes = () => Promise<Buffer | null>;

/** Thrown where bytes end in the middle of what was asked for. */
export class EndOfBytes extends Error {
  constructor() {
    super("the stream ended too early");
    this.name = "EndOfBytes";
  }
}

/** Reads so many bytes at a time, whatever pieces they come in. It holds one piece at most beyond what was asked for. */
export class ByteReader {
  readonly #next: NextBytes;
  #rest: Buffer = Buffer.alloc(0);

  constructor(next: NextBytes) {
    this.#next = next;
  }

  /** Whether nothing comes any more. */
  async atEnd(): Promise<boolean> {
    while (this.#rest.length === 0) {
      const more = await this.#next();
      if (more === null) return true;
      this.#rest = more;
    }
    return false;
  }

  /** What comes next, however much it is; null at the end. */
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
   * What has come, at least a byte.
   * @throws EndOfBytes
   */
  async upTo(length: number): Promise<Buffer> {
    if (await this.atEnd()) throw new EndOfBytes();
    const part = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(part.length);
    return part;
  }
}
