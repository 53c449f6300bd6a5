import { Http3Error } from "./http3-error.ts";
import { decodeHuffman } from "./huffman.ts";
import { staticTable } from "./static-table.ts";

/** A header field; names are in lower case, and those of pseudo-headers start with a colon. */
export type HeaderField = readonly [name: string, value: string];

/**
 * Parses a field section that refers only to the static table, as an encoder must write it for a peer without a dynamic
 * one. Source: RFC 9204, section 4.5.
 *
 * @param maxCharacters of all names and values together, plus 32 per field (as in SETTINGS_MAX_FIELD_SECTION_SIZE)
 * @throws Http3Error
 */
export function decodeFieldSection(bytes: Buffer, maxCharacters: number): readonly HeaderField[] {
  const reader = new FieldReader(bytes);
  const insertCount = reader.integer(8);
  reader.integer(7);
  if (insertCount !== 0) throw reader.failure("it refers to a dynamic table");
  const fields: HeaderField[] = [];
  let characters = 0;
  while (!reader.atEnd) {
    const field = readField(reader);
    characters += field[0].length + field[1].length + 32;
    if (characters > maxCharacters) {
      throw new Http3Error(
        "H3_EXCESSIVE_LOAD",
        `headers are limited to ${maxCharacters} characters`,
      );
    }
    fields.push(field);
  }
  return fields;
}

/** Writes a field section without a dynamic table or Huffman code. */
export function encodeFieldSection(fields: readonly HeaderField[]): Buffer {
  const parts: Buffer[] = [Buffer.from([0, 0])];
  for (const [name, value] of fields) {
    const exact = staticTable.findIndex(([known, its]) => known === name && its === value);
    if (exact >= 0) {
      parts.push(integerBytes(0b1100_0000, 6, exact));
      continue;
    }
    const known = staticTable.findIndex(([its]) => its === name);
    if (known >= 0) {
      parts.push(integerBytes(0b0101_0000, 4, known));
    } else {
      const text = Buffer.from(name, "latin1");
      parts.push(integerBytes(0b0010_0000, 3, text.length), text);
    }
    const text = Buffer.from(value, "latin1");
    parts.push(integerBytes(0, 7, text.length), text);
  }
  return Buffer.concat(parts);
}

function readField(reader: FieldReader): HeaderField {
  const first = reader.peek();
  if (first >= 0b1000_0000) {
    assertStatic(reader, first, 0b0100_0000);
    return staticField(reader, reader.integer(6));
  }
  if (first >= 0b0100_0000) {
    assertStatic(reader, first, 0b0001_0000);
    const [name] = staticField(reader, reader.integer(4));
    return [name, reader.text(7)];
  }
  if (first >= 0b0010_0000) {
    return [reader.text(3), reader.text(7)];
  }
  throw reader.failure("it refers to a dynamic table");
}

function assertStatic(reader: FieldReader, first: number, bit: number): void {
  if ((first & bit) === 0) throw reader.failure("it refers to a dynamic table");
}

function staticField(reader: FieldReader, index: number): HeaderField {
  const field = staticTable[index];
  if (field === undefined) throw reader.failure(`the static table has no field ${index}`);
  return field;
}

/** An integer after the bits of `pattern`. Source: RFC 7541, section 5.1. */
function integerBytes(pattern: number, prefixBits: number, value: number): Buffer {
  const max = 2 ** prefixBits - 1;
  if (value < max) return Buffer.from([pattern | value]);
  const bytes = [pattern | max];
  let rest = value - max;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}

class FieldReader {
  readonly #bytes: Buffer;
  #position = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#position >= this.#bytes.length;
  }

  peek(): number {
    const byte = this.#bytes[this.#position];
    if (byte === undefined) throw this.failure("it ends too early");
    return byte;
  }

  integer(prefixBits: number): number {
    const max = 2 ** prefixBits - 1;
    let value = this.#next() & max;
    if (value < max) return value;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#next();
      value += (byte & 127) * 2 ** shift;
      // No length or index is this large.
      if (value > 2 ** 24) throw this.failure("it has a number that is too large");
      if (byte < 128) return value;
      if (shift > 28) throw this.failure("it has a number without end");
    }
  }

  /** A text whose length has this many bits in the first byte, after the Huffman bit. */
  text(prefixBits: number): string {
    const isHuffman = (this.peek() & (2 ** prefixBits)) !== 0;
    const length = this.integer(prefixBits);
    const end = this.#position + length;
    if (end > this.#bytes.length) throw this.failure("a text is longer than the section");
    const bytes = this.#bytes.subarray(this.#position, end);
    this.#position = end;
    return isHuffman ? decodeHuffman(bytes) : bytes.toString("latin1");
  }

  failure(why: string): Http3Error {
    return new Http3Error("QPACK_DECOMPRESSION_FAILED", `a header section can't be read: ${why}`);
  }

  #next(): number {
    const byte = this.peek();
    this.#position += 1;
    return byte;
  }
}
