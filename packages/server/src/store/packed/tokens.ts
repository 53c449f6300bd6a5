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
export const minMatch: number = 4;
export const longMatch: number = 127;
export const maxMatch: number = 4_096;
export const maxLiterals: number = 64;
export const minDigits: number = 6;
export const maxDigits: number = 19;
export const digitsMark: number = 0x40;
export const matchMark: number = 0x80;

/** By how many digits a number has: how many bytes it takes. */
export const bytesForDigits: readonly number[] = [
  0, 0, 0, 0, 0, 0, 3, 3, 4, 4, 5, 5, 5, 6, 6, 7, 7, 8, 8, 8,
];
/** From so many digits on a number is kept as two: the last nine digits, and those before. */
export const splitFrom: number = 16;

/** A packed text has at most so many times its size. */
export const maxGrowth: number = maxMatch / 3;

/** What is known before a text begins. */
export const known: Uint8Array = Buffer.from(dictionary);
