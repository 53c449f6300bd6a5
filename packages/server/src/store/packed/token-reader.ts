import { DamagedTextError } from "./damaged-text.ts";
import {
  bytesForDigits,
  digitsMark,
  known,
  longMatch,
  matchMark,
  maxDigits,
  maxMatch,
  minDigits,
  minMatch,
  splitFrom,
} from "./tokens.ts";

const base = known.length;

/** Reads packed bytes in order. Whatever they are, it never reads past their end or writes past the text's end. */
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

/** @throws DamagedTextError if the number has more digits than there is room for */
function putDecimal(value: number, text: Uint8Array, from: number, to: number): void {
  // V8 computes remainders of numbers of more than 32 bits slowly.
  const high = Math.floor(value / 1e9);
  const middle = Math.max(from, to - 9);
  const left = putSmall(value - high * 1e9, text, middle, to);
  if (left !== 0 || putSmall(high, text, from, middle) !== 0) {
    throw new DamagedTextError();
  }
}

/** @returns what did not fit */
function putSmall(value: number, text: Uint8Array, from: number, to: number): number {
  let left = value;
  for (let index = to - 1; index >= from; index -= 1) {
    const rest = Math.floor(left / 10);
    text[index] = 0x30 + (left - rest * 10);
    left = rest;
  }
  return left;
}
