import { dictionary } from "./dictionary.ts";

/**
 * A packed text is a sequence of tokens. The first byte of each says what it is:
 *
 *     0xxxxxxx   (below 64)   this many bytes and one more follow, as they are
 *     01xxxxxx   a number of this many decimal digits, in as few bytes as hold any number of that many digits
 *     1xxxxxxx   a repetition of this many bytes plus `minMatch`; how far back follows (7 bits a byte, low bits first).
 *                127: how many more than that follows first, in the same way
 *
 * Repetitions may refer to the dictionary, which comes before the text. Matches have a max length, so that a few bytes
 * never expand to very many.
 */
export const minMatch: number = 4;
export const longMatch: number = 127;
export const maxMatch: number = 4_096;
export const maxLiterals: number = 64;
export const minDigits: number = 6;
export const maxDigits: number = 19;
export const digitsMark: number = 0x40;
export const matchMark: number = 0x80;

/** The size in bytes of a number with this many digits. */
export const bytesForDigits: readonly number[] = [
  0, 0, 0, 0, 0, 0, 3, 3, 4, 4, 5, 5, 5, 6, 6, 7, 7, 8, 8, 8,
];
/** Numbers with at least this many digits are stored as two: the last nine digits, and those before. */
export const splitFrom: number = 16;

/** A packed text is at most this many times as long as its packed bytes. */
export const maxGrowth: number = maxMatch / 3;

/** What may be referred to before a text begins. */
export const known: Uint8Array = Buffer.from(dictionary);
