import { letters, punctuation, symbols, variants } from "./order.ts";

/** The weights of a string: the first difference decides. */
export interface Weights {
  /** Letters and other characters, without accents and case. */
  readonly primary: readonly number[];
  /** Accents: an entry for each weight above, each followed by its marks. */
  readonly secondary: readonly number[];
  /** Case. */
  readonly tertiary: readonly number[];
}

/** How to compute weights. */
export interface WeighOptions {
  /** Whether consecutive digits count as a number. */
  readonly numeric: boolean;
  readonly ignorePunctuation: boolean;
}

const mark = /\p{M}/u;
/** Control characters, which have no weight. White space is not among them. */
const ignorable = /[\p{Cc}\p{Cf}]/u;
const whiteSpace = /\s|\x85/;
const decimalDigits = /\p{Nd}+/uy;
/** Characters without an explicit position: they come after those, by code point. */
const isOtherPunctuation = /[\p{Z}\p{P}]/u;
const isOtherSymbol = /[\p{S}\p{N}]/u;
const firstOfOthers = { punctuation: 1_000, symbol: 2_000_000, letter: 8_000_000 };
const firstSymbol = 1_500_000;
const firstNumber = 3_900_000;
const firstLetter = 4_000_000;

const places = new Map<string, number>();
for (const [characters, first] of [
  [punctuation, 1],
  [symbols, firstSymbol],
  [letters, firstLetter],
] as const) {
  for (const [index, character] of [...characters].entries()) places.set(character, first + index);
}

/** Computes a string's weights. */
export function weigh(text: string, { numeric, ignorePunctuation }: WeighOptions): Weights {
  const primary: number[] = [];
  const secondary: number[] = [];
  const tertiary: number[] = [];
  const add = (weight: number, isUpper: boolean): void => {
    primary.push(weight);
    secondary.push(0);
    tertiary.push(isUpper ? 1 : 0);
  };
  // This is a separate letter, unlike other letters with marks.
  const decomposed = text.normalize("NFD").replace(/[иИ]\u0306/g, (both) => both.normalize("NFC"));
  for (let place = 0; place < decomposed.length;) {
    decimalDigits.lastIndex = place;
    const number = numeric ? decimalDigits.exec(decomposed)?.[0] : undefined;
    if (number !== undefined) {
      place += number.length;
      const value = [...number]
        .map(digitOf)
        .join("")
        .replace(/^0+(?=.)/, "");
      // Numbers with more digits are greater.
      for (const weight of [firstNumber + Math.min(value.length, 90_000), ...value]) {
        add(typeof weight === "number" ? weight : firstNumber + Number(weight), false);
      }
      continue;
    }
    const character = String.fromCodePoint(decomposed.codePointAt(place) ?? 0);
    place += character.length;
    if (ignorable.test(character) && !whiteSpace.test(character)) continue;
    if (mark.test(character)) secondary.push(character.codePointAt(0) ?? 0);
    else weighCharacter(character, ignorePunctuation, add, secondary);
  }
  return { primary, secondary, tertiary };
}

function weighCharacter(
  character: string,
  ignorePunctuation: boolean,
  add: (weight: number, isUpper: boolean) => void,
  secondary: number[],
): void {
  const lower = character.toLowerCase();
  const variant = variants[lower];
  for (const part of variant ?? lower) {
    const weight = weightOf(part);
    if (!ignorePunctuation || weight >= firstSymbol) add(weight, lower !== character);
  }
  if (variant !== undefined) secondary.push(lower.codePointAt(0) ?? 0);
}

function weightOf(character: string): number {
  const known = places.get(character);
  if (known !== undefined) return known;
  const code = character.codePointAt(0) ?? 0;
  if (/\p{Nd}/u.test(character)) return places.get(digitOf(character)) ?? 0;
  if (isOtherPunctuation.test(character)) return firstOfOthers.punctuation + code;
  return (isOtherSymbol.test(character) ? firstOfOthers.symbol : firstOfOthers.letter) + code;
}

/** The value of a decimal digit of any script: in Unicode, the ten digits of a script are consecutive. */
function digitOf(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let value = 0;
  while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(code - value - 1))) value += 1;
  return String(code < 0x80 ? code - 0x30 : value);
}
