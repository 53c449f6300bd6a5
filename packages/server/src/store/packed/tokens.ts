import { DamagedTextError } from "./damaged-text.ts";
import { dictionary } from "./dictionary.ts";

/**
 * A text is packed as a row of tokens, each of which begins with a byte that tells what it is:
 *
 *     0xxxxxxx   (below 64)   so many bytes and one more follow, as they are
 *     01xxxxxx   a number of so many decimal digits, in as few bytes as hold all numbers of that many digits
 *     1xxxxxxx   so many bytes and `minMatch` more come again; how far back is next (7 bits in a byte, the low ones first).
 *                127: how many more than that is next, likewise
 *
 * What comes again may stand in the dictionary, which comes before the text. Matches have a longest length, so that a few
 * bytes never become very many.
 */
const minMatch = 4;
const longMatch = 127;
const maxMatch = 4_096;
const maxLiterals = 64;
const minDigits = 6;
const maxDigits = 19;
const digitsMark = 0x40;
const matchMark = 0x80;

/** By how many digits a number has: how many bytes it takes. */
const bytesForDigits: readonly number[] = [
  0, 0, 0, 0, 0, 0, 3, 3, 4, 4, 5, 5, 5, 6, 6, 7, 7, 8, 8, 8,
];
/** From so many digits on a number is kept as two: the last nine digits, and those before. */
const splitFrom = 16;

/** A packed text has at most so many times its size. */
export const maxGrowth: number = maxMatch / 3;

const known: Uint8Array = Buffer.from(dictionary);
const base = known.length;
/** Each four bytes have a place in tables of so many entries, which tell where they stood last. */
const tableBits = 12;
const knownTable: Uint16Array = tableOf(known);

function tableOf(bytes: Uint8Array): Uint16Array {
  const table = new Uint16Array(1 << tableBits);
  for (let index = 0; index + 4 <= bytes.length; index += 1) {
    table[placeOf(bytes, index, tableBits)] = index + 1;
  }
  return table;
}

function placeOf(bytes: Uint8Array, at: number, bits: number): number {
  const word =
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24);
  return Math.imul(word, 0x9e3779b1) >>> (32 - bits);
}

/** Where four bytes stood last in a text: one more than the index. It grows with what it is for. */
export type Places = Int32Array;

/** @param bits it has 2 to the power of so many entries */
export function makePlaces(bits: number): Places {
  return new Int32Array(1 << bits);
}

/** Notes what stands where in a text that was packed before. */
export function notePlaces(text: Uint8Array, to: number, places: Places): void {
  const bits = 31 - Math.clz32(places.length);
  for (let index = 0; index + 4 <= to; index += 1) {
    places[placeOf(text, index, bits)] = index + 1;
  }
}

/** So much room packing takes at most. */
export function roomFor(bytes: number): number {
  return bytes + Math.ceil(bytes / maxLiterals) + 16;
}

/**
 * Packs part of a text; what comes before that is known to whoever unpacks it.
 *
 * @returns where the tokens end
 */
export function pack(
  text: Uint8Array,
  from: number,
  to: number,
  places: Places,
  out: Uint8Array,
  outFrom: number,
): number {
  const bits = 31 - Math.clz32(places.length);
  const last = to - 4;
  let at = outFrom;
  let literals = from;
  let index = from;
  /** Steps grow where nothing comes again, so that texts of noise are passed quickly. */
  let misses = 0;
  while (index <= last) {
    const place = placeOf(text, index, bits);
    const before = (places[place] as number) - 1;
    places[place] = index + 1;
    let length = before < 0 ? 0 : lengthOf(text, before, index, text, to, to);
    let distance = index - before;
    const inKnown = (knownTable[placeOf(text, index, tableBits)] as number) - 1;
    if (inKnown >= 0 && length < 32) {
      const other = lengthOf(known, inKnown, index, text, base, to);
      if (other > length + 1) {
        length = other;
        distance = index + base - inKnown;
      }
    }
    if (length < minMatch || (length === minMatch && distance >= 128)) {
      misses += 1;
      index += 1 + (misses >> 7);
      continue;
    }
    misses = 0;
    let start = index;
    while (start > literals && length < maxMatch && byteAt(text, start - 1 - distance) === text[start - 1]) {
      start -= 1;
      length += 1;
    }
    at = putLiterals(text, literals, start, out, at);
    at = putMatch(length, distance, out, at);
    const end = start + length;
    // Not all of a long one: what comes again is mostly found by its beginning.
    for (let next = index + 1; next < end && next <= last && next < index + 24; next += 1) {
      places[placeOf(text, next, bits)] = next + 1;
    }
    index = end;
    literals = end;
  }
  return putLiterals(text, literals, to, out, at);
}

/** A byte of the text, or, below 0, of the dictionary before it. */
function byteAt(text: Uint8Array, index: number): number | undefined {
  return index >= 0 ? text[index] : known[base + index];
}

/** How much of two stretches is the same. */
function lengthOf(
  source: Uint8Array,
  from: number,
  index: number,
  text: Uint8Array,
  sourceEnd: number,
  end: number,
): number {
  const most = Math.min(end - index, sourceEnd - from, maxMatch);
  let length = 0;
  while (length < most && source[from + length] === text[index + length]) {
    length += 1;
  }
  return length;
}

function putMatch(length: number, distance: number, out: Uint8Array, from: number): number {
  let at = from;
  const more = length - minMatch;
  if (more < longMatch) {
    out[at++] = matchMark | more;
  } else {
    out[at++] = matchMark | longMatch;
    at = putNumber(more - longMatch, out, at);
  }
  return putNumber(distance, out, at);
}

/** @returns where it ends */
export function putNumber(value: number, out: Uint8Array, from: number): number {
  let at = from;
  let left = value;
  while (left >= 0x80) {
    out[at++] = (left & 0x7f) | 0x80;
    left = Math.floor(left / 0x80);
  }
  out[at++] = left;
  return at;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

function putLiterals(
  text: Uint8Array,
  from: number,
  to: number,
  out: Uint8Array,
  outFrom: number,
): number {
  let at = outFrom;
  let plain = from;
  for (let index = from; index < to; ) {
    if (!isDigit(text[index])) {
      index += 1;
      continue;
    }
    let end = index + 1;
    while (end < to && end - index < maxDigits && isDigit(text[end])) {
      end += 1;
    }
    if (end - index >= minDigits) {
      at = putPlain(text, plain, index, out, at);
      at = putDigits(text, index, end, out, at);
      plain = end;
    }
    index = end;
  }
  return putPlain(text, plain, to, out, at);
}

function putPlain(
  text: Uint8Array,
  from: number,
  to: number,
  out: Uint8Array,
  outFrom: number,
): number {
  let at = outFrom;
  for (let index = from; index < to; ) {
    const end = Math.min(to, index + maxLiterals);
    out[at++] = end - index - 1;
    while (index < end) {
      out[at++] = text[index++] as number;
    }
  }
  return at;
}

function numberIn(text: Uint8Array, from: number, to: number): number {
  let value = 0;
  for (let index = from; index < to; index += 1) {
    value = value * 10 + ((text[index] as number) - 0x30);
  }
  return value;
}

function putDigits(
  text: Uint8Array,
  from: number,
  to: number,
  out: Uint8Array,
  outFrom: number,
): number {
  const count = to - from;
  let at = outFrom;
  out[at++] = digitsMark | count;
  const bytes = bytesForDigits[count] as number;
  if (count < splitFrom) {
    return putBytes(numberIn(text, from, to), bytes, out, at);
  }
  // Thirty bits for the last nine digits: two of the number before them fit beside.
  const high = numberIn(text, from, to - 9);
  const low = numberIn(text, to - 9, to);
  at = putBytes(low + (high % 4) * 2 ** 30, 4, out, at);
  return putBytes(Math.floor(high / 4), bytes - 4, out, at);
}

function putBytes(value: number, bytes: number, out: Uint8Array, from: number): number {
  let left = value;
  for (let index = 0; index < bytes; index += 1) {
    out[from + index] = left % 256;
    left = Math.floor(left / 256);
  }
  return from + bytes;
}

/** Reads what was packed, in order. Whatever it holds: it reads nothing beyond its end, and writes nothing beyond the text's. */
export class TokenReader {
  readonly #packed: Uint8Array;
  at: number;

  constructor(packed: Uint8Array, from: number) {
    this.#packed = packed;
    this.at = from;
  }

  get isAtEnd(): boolean {
    return this.at >= this.#packed.length;
  }

  /** @throws DamagedTextError */
  number(): number {
    let value = 0;
    for (let unit = 1; unit < 2 ** 35; unit *= 0x80) {
      const byte = this.#byte();
      value += (byte & 0x7f) * unit;
      if (byte < 0x80) {
        return value;
      }
    }
    throw new DamagedTextError();
  }

  /**
   * Fills part of a text.
   * @throws DamagedTextError
   */
  fill(text: Uint8Array, from: number, to: number): void {
    let index = from;
    while (index < to) {
      const mark = this.#byte();
      if (mark >= matchMark) {
        index = this.#match(mark & 0x7f, text, index, to);
      } else if (mark >= digitsMark) {
        index = this.#digits(mark & 0x3f, text, index, to);
      } else {
        const end = index + mark + 1;
        if (end > to || this.at + mark >= this.#packed.length) {
          throw new DamagedTextError();
        }
        while (index < end) {
          text[index++] = this.#packed[this.at++] as number;
        }
      }
    }
  }

  #byte(): number {
    const byte = this.#packed[this.at];
    if (byte === undefined) {
      throw new DamagedTextError();
    }
    this.at += 1;
    return byte;
  }

  #match(code: number, text: Uint8Array, from: number, to: number): number {
    const length = minMatch + code + (code === longMatch ? this.number() : 0);
    const distance = this.number();
    const end = from + length;
    let source = from - distance;
    if (end > to || length > maxMatch || distance === 0 || source < -base) {
      throw new DamagedTextError();
    }
    let index = from;
    for (; index < end && source < 0; source += 1) {
      text[index++] = known[base + source] as number;
    }
    while (index < end) {
      text[index++] = text[source++] as number;
    }
    return end;
  }

  #digits(count: number, text: Uint8Array, from: number, to: number): number {
    if (count < minDigits || count > maxDigits || from + count > to) {
      throw new DamagedTextError();
    }
    const bytes = bytesForDigits[count] as number;
    const end = from + count;
    if (count < splitFrom) {
      putDecimal(this.#bytes(bytes), text, from, end);
      return end;
    }
    const low = this.#bytes(4);
    const high = this.#bytes(bytes - 4) * 4 + Math.floor(low / 2 ** 30);
    putDecimal(high, text, from, end - 9);
    putDecimal(low % 2 ** 30, text, end - 9, end);
    return end;
  }

  #bytes(count: number): number {
    let value = 0;
    for (let index = 0, unit = 1; index < count; index += 1, unit *= 256) {
      value += this.#byte() * unit;
    }
    return value;
  }
}

/** @throws DamagedTextError where it has more digits than there is room for */
function putDecimal(value: number, text: Uint8Array, from: number, to: number): void {
  let left = value;
  for (let index = to - 1; index >= from; index -= 1) {
    text[index] = 0x30 + (left % 10);
    left = Math.floor(left / 10);
  }
  if (left !== 0) {
    throw new DamagedTextError();
  }
}
