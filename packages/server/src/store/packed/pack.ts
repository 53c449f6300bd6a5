import {
  bytesForDigits,
  digitsMark,
  known,
  longMatch,
  matchMark,
  maxDigits,
  maxLiterals,
  maxMatch,
  minDigits,
  minMatch,
  splitFrom,
} from "./tokens.ts";

const base = known.length;
/** Tables have 2 to the power of this many entries. The entry of four bytes says where they last occurred. */
const tableBits = 12;
const tableShift = 32 - tableBits;
const knownTable: Uint16Array = tableOf(known);

function tableOf(bytes: Uint8Array): Uint16Array {
  const table = new Uint16Array(1 << tableBits);
  for (let index = 0; index + 4 <= bytes.length; index += 1) {
    table[hashOf(bytes, index) >>> tableShift] = index + 1;
  }
  return table;
}

/** The hash of four bytes; its high bits are their entry in a table. */
function hashOf(bytes: Uint8Array, at: number): number {
  const word =
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24);
  return Math.imul(word, 0x9e3779b1);
}

/**
 * The index, plus one, of the last occurrence of each sequence of four bytes in a text. The size depends on the text's.
 */
export type Places = Int32Array;

function shiftOf({ length }: Places): number {
  return Math.clz32(length) + 1;
}

/** @param bits the table has 2 to the power of this many entries */
export function makePlaces(bits: number): Places {
  return new Int32Array(1 << bits);
}

/** Records the positions in a text that was packed before. */
export function notePlaces(text: Uint8Array, to: number, places: Places): void {
  const shift = shiftOf(places);
  for (let index = 0; index + 4 <= to; index += 1) {
    places[hashOf(text, index) >>> shift] = index + 1;
  }
}

/** The max room that packing takes. */
export function roomFor(bytes: number): number {
  return bytes + Math.ceil(bytes / maxLiterals) + 16;
}

/**
 * Packs part of a text; whoever unpacks it already knows what comes before.
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
  const shift = shiftOf(places);
  const last = to - 4;
  let at = outFrom;
  let literals = from;
  let index = from;
  /** Steps grow while nothing repeats, so that random data is skipped quickly. */
  let misses = 0;
  while (index <= last) {
    const hash = hashOf(text, index);
    const place = hash >>> shift;
    const before = (places[place] as number) - 1;
    places[place] = index + 1;
    let length = before < 0 ? 0 : lengthOf(text, before, index, text, to, to);
    let distance = index - before;
    const inKnown = (knownTable[hash >>> tableShift] as number) - 1;
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
    while (
      start > literals &&
      length < maxMatch &&
      byteAt(text, start - 1 - distance) === text[start - 1]
    ) {
      start -= 1;
      length += 1;
    }
    at = putLiterals(text, literals, start, out, at);
    at = putMatch(length, distance, out, at);
    const end = start + length;
    // Only the first part of a long match: repetitions are mostly found by how they begin.
    for (let next = index + 1; next < end && next <= last && next < index + 24; next += 1) {
      places[hashOf(text, next) >>> shift] = next + 1;
    }
    index = end;
    literals = end;
  }
  return putLiterals(text, literals, to, out, at);
}

/** A byte of the text or, if the index is below 0, of the dictionary before it. */
function byteAt(text: Uint8Array, index: number): number | undefined {
  return index >= 0 ? text[index] : known[base + index];
}

/** How many bytes are the same from both positions on. */
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
  for (let index = from; index < to;) {
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
  for (let index = from; index < to;) {
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
  // The last nine digits take thirty bits, which leaves room for two bits of the number before them.
  const high = numberIn(text, from, to - 9);
  const low = numberIn(text, to - 9, to);
  at = putBytes(low + (high & 3) * 2 ** 30, 4, out, at);
  return putBytes(Math.floor(high / 4), bytes - 4, out, at);
}

/** As two numbers of 32 bits: V8 computes remainders of larger numbers slowly. */
function putBytes(value: number, bytes: number, out: Uint8Array, from: number): number {
  const low = value >>> 0;
  const high = (value - low) / 2 ** 32;
  for (let index = 0; index < bytes; index += 1) {
    out[from + index] = index < 4 ? low >>> (8 * index) : high >>> (8 * (index - 4));
  }
  return from + bytes;
}
