import { ModuleError } from "./module-error.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads one section's bytes from front to back, and never past its end. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  readonly #what: string;
  #offset: number;

  /** `start` and `end` are offsets in `bytes`; `what` names what is between them. */
  constructor(bytes: Uint8Array, start: number, end: number, what: string) {
    this.#bytes = bytes;
    this.#offset = start;
    this.#end = end;
    this.#what = what;
  }

  /** The offset of the next byte in the file. */
  get offset(): number {
    return this.#offset;
  }

  /** Whether every byte has been read. */
  get atEnd(): boolean {
    return this.#offset === this.#end;
  }

  /** Reads a byte. */
  byte(): number {
    const byte = this.#offset < this.#end ? this.#bytes[this.#offset] : undefined;
    if (byte === undefined) throw this.malformed("ends too early");
    this.#offset += 1;
    return byte;
  }

  /** Reads an unsigned LEB128 integer of 32 bits. */
  u32(): number {
    return this.#unsigned(5, 0x0f);
  }

  /** Reads an unsigned LEB128 integer of 64 bits, rounded when past 2^53. */
  u64(): number {
    return this.#unsigned(10, 0x01);
  }

  /** Reads a signed LEB128 integer of 32 bits. */
  s32(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return shift < 25 ? (value << (25 - shift)) >> (25 - shift) : value;
      if (shift === 28) throw this.malformed("has an integer that does not end");
    }
  }

  #unsigned(maxBytes: number, maxLastByte: number): number {
    const start = this.#offset;
    let value = 0;
    for (let count = 1; ; count += 1) {
      const byte = this.byte();
      if (count === maxBytes && byte > maxLastByte) {
        throw new ModuleError(
          "FLAWLESS_MODULE_BAD_INTEGER",
          `The integer at offset ${start}, in the ${this.#what}, does not end after ${maxBytes} bytes or is too ` +
            "large: the file is damaged.",
        );
      }
      value += (byte & 0x7f) * 2 ** (7 * (count - 1));
      if (byte < 0x80) return value;
    }
  }

  /** Skips a signed LEB128 integer of 33 bits, such as a heap type, and returns its first byte. */
  skipHeapType(): number {
    const first = this.#bytes[this.#offset] ?? 0;
    for (let count = 1; this.byte() >= 0x80; count += 1) {
      if (count === 5) throw this.malformed("has a type that does not end");
    }
    return first;
  }

  /**
   * Reads the number of elements that follow. More than `maximum` are refused before anything is allocated for them.
   */
  count(maximum: number): number {
    const count = this.u32();
    if (count > maximum)
      throw this.malformed(`lists ${count} of what WebAssembly engines take at most ${maximum}`);
    return count;
  }

  /** Reads a text with its length prefix. */
  name(): string {
    const length = this.u32();
    const start = this.#offset;
    if (length > this.#end - start)
      throw this.malformed(`has a name of ${length} bytes that does not fit`);
    this.#offset += length;
    try {
      // Memory shared between threads can't be decoded, so `slice` copies it.
      return utf8.decode(this.#bytes.slice(start, this.#offset));
    } catch (error) {
      throw new ModuleError(
        "FLAWLESS_MODULE_BAD_TEXT",
        `The name at offset ${start}, in the ${this.#what}, is not UTF-8: the file is damaged.`,
        { cause: error },
      );
    }
  }

  /** Skips this many bytes. */
  skip(length: number): void {
    if (length > this.#end - this.#offset) throw this.malformed("ends too early");
    this.#offset += length;
  }

  /** Refuses extra bytes. */
  expectEnd(): void {
    if (!this.atEnd) throw this.malformed(`has ${this.#end - this.#offset} bytes too many`);
  }

  /** An error with the offset at which reading stopped. */
  malformed(problem: string): ModuleError {
    return new ModuleError(
      "FLAWLESS_MODULE_MALFORMED",
      `The ${this.#what} ${problem}, at offset ${this.#offset}: the file is damaged.`,
    );
  }
}
