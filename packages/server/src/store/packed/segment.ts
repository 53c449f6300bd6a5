import { crc32 } from "./crc32.ts";
import { DamagedTextError } from "./damaged-text.ts";
import { decodeText, encodeText, maxTextBytes } from "./encoded-text.ts";
import { makePlaces, notePlaces, pack, type Places, putNumber, roomFor } from "./pack.ts";
import { TokenReader } from "./token-reader.ts";
import { maxGrowth } from "./tokens.ts";

/** The first byte: says which dictionary and which tokens were used. */
const form = 1;
const headerBytes = 5;
/** The max size of a text's length. */
const lengthBytes = 5;
/** Two segments fit in one of SQLite's pages. */
const maxPackedBytes = 1_950;
const maxBytes = 12 * 1_024;
const fewPlaces = 10;
const manyPlaces = 14;

/**
 * Some texts in one row, packed one after the other: each may refer to those before it. The row begins with its form
 * and a checksum (CRC-32) of all texts and their lengths, so that any change is detected.
 */
export class Segment {
  #packed: Buffer;
  #text: Buffer;
  /** How many bytes of `#text` are used. */
  #bytes = 0;
  #sum = 0;
  /** Undefined until there is a second text. */
  #places: Places | undefined;
  #count = 0;

  /** A segment that holds only this text, however long it is. */
  static of(text: string): Segment {
    const segment = new Segment(nothing, nothing);
    segment.#put(encodeText(text));
    return segment;
  }

  /** @throws DamagedTextError */
  static read(packed: Uint8Array): Segment {
    const segment = new Segment(Buffer.from(packed), nothing);
    segment.#unpack(() => undefined);
    return segment;
  }

  /** As few segments as can hold these texts. */
  static all(texts: readonly string[]): readonly Segment[] {
    const segments: Segment[] = [];
    for (const text of texts) {
      const last = segments.at(-1);
      if (last?.hasRoom !== true || !last.add(text)) {
        segments.push(Segment.of(text));
      }
    }
    return segments;
  }

  private constructor(packed: Buffer, text: Buffer) {
    this.#packed = packed;
    this.#text = text;
  }

  /** The bytes as they are stored. */
  get packed(): Buffer {
    return this.#packed;
  }

  /** The number of texts. */
  get count(): number {
    return this.#count;
  }

  /** Whether there is room for another text if it is short. */
  get hasRoom(): boolean {
    return this.#packed.length < maxPackedBytes && this.#bytes < maxBytes;
  }

  /** Adds a text. @returns whether it fits: if not, nothing else must be added either */
  add(text: string): boolean {
    const bytes = encodeText(text);
    if (this.#bytes + bytes.length > maxBytes) {
      return false;
    }
    const before = this.#packed;
    this.#put(bytes);
    if (this.#packed.length <= maxPackedBytes) {
      return true;
    }
    this.#packed = before;
    return false;
  }

  /** @throws DamagedTextError if it doesn't begin like a segment */
  static bytesOfFirst(packed: Uint8Array): number {
    return new TokenReader(packed, headerBytes).number();
  }

  /** @throws DamagedTextError */
  static texts(packed: Uint8Array): readonly string[] {
    const segment = new Segment(
      Buffer.from(packed.buffer, packed.byteOffset, packed.length),
      nothing,
    );
    const texts: string[] = [];
    segment.#unpack((bytes) => texts.push(decodeText(bytes)));
    return texts;
  }

  #put(bytes: Buffer): void {
    const end = this.#bytes + bytes.length;
    const places = this.#placesUpTo(end);
    if (this.#bytes === 0) {
      this.#text = bytes;
    } else {
      this.#makeRoom(end);
      this.#text.set(bytes, this.#bytes);
    }
    const before = Math.max(headerBytes, this.#packed.length);
    const packed = roomOf(before + lengthBytes + roomFor(bytes.length));
    packed[0] = form;
    packed.set(this.#packed);
    let at = putNumber(bytes.length, packed, before);
    at = pack(this.#text, this.#bytes, end, places, packed, at);
    this.#take(bytes.length);
    packed.writeUInt32LE(this.#sum, 1);
    this.#packed = Buffer.from(packed.subarray(0, at));
  }

  #unpack(tell: (bytes: Buffer) => void): void {
    const packed = this.#packed;
    if (packed.length <= headerBytes || packed[0] !== form) {
      throw new DamagedTextError();
    }
    const tokens = new TokenReader(packed, headerBytes);
    while (!tokens.isAtEnd) {
      const length = tokens.number();
      if (length > maxTextBytes || length > (packed.length - tokens.at) * maxGrowth) {
        throw new DamagedTextError();
      }
      const start = this.#bytes;
      this.#makeRoom(start + length);
      tokens.fill(this.#text, start, start + length);
      this.#take(length);
      tell(this.#text.subarray(start, start + length));
    }
    if (packed.readUInt32LE(1) !== this.#sum) {
      throw new DamagedTextError();
    }
  }

  /** Counts the text that was just added. */
  #take(length: number): void {
    const start = this.#bytes;
    this.#bytes += length;
    this.#sum = crc32(this.#text, start, this.#bytes, (this.#sum + length + 1) >>> 0);
    this.#count += 1;
  }

  #makeRoom(bytes: number): void {
    if (bytes > this.#text.length) {
      const text = Buffer.allocUnsafeSlow(
        Math.max(bytes, Math.min(2 * this.#text.length, maxBytes)),
      );
      text.set(this.#text.subarray(0, this.#bytes));
      this.#text = text;
    }
  }

  /** The first texts of all segments share their tables, because most segments hold no second text. */
  #placesUpTo(bytes: number): Places {
    if (this.#bytes === 0) {
      return (bytes > maxBytes ? placesOfLong : placesOfFirst).fill(0);
    }
    if (this.#places === undefined) {
      this.#places = makePlaces(fewPlaces);
      notePlaces(this.#text, this.#bytes, this.#places);
    }
    return this.#places;
  }
}

const nothing = Buffer.alloc(0);
const placesOfFirst = makePlaces(fewPlaces);
const placesOfLong = makePlaces(manyPlaces);
const room = Buffer.allocUnsafeSlow(32_768);

/** A buffer that is free until the next call. */
function roomOf(bytes: number): Buffer {
  return bytes <= room.length ? room : Buffer.allocUnsafeSlow(bytes);
}
