import type { Clock } from "../time/clock.ts";

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const prefix = "wkf_";
const idEpochMs = Date.UTC(2024, 0, 1);
const idsPerMillisecond = 4096;

/** The API's text id of a workflow whose number (as guests see it) is `id`. */
export function toPublicId(id: number): string {
  let text = "";
  for (let rest = id; rest > 0; rest = Math.floor(rest / alphabet.length)) {
    text = alphabet.charAt(rest % alphabet.length) + text;
  }
  return prefix + (text === "" ? "0" : text);
}

/** The number behind a public id, or undefined if the text is not one. */
export function fromPublicId(text: string): number | undefined {
  if (!text.startsWith(prefix) || text.length === prefix.length || text.length > 20) {
    return undefined;
  }
  let id = 0;
  for (const character of text.slice(prefix.length)) {
    const digit = alphabet.indexOf(character);
    if (digit < 0) {
      return undefined;
    }
    id = id * alphabet.length + digit;
  }
  // An id with leading zeros is invalid, so that each id has one spelling.
  return Number.isSafeInteger(id) && toPublicId(id) === text ? id : undefined;
}

/** Ids from `from` up to, but not including, `below`. */
export interface IdRange {
  readonly from: number;
  readonly below: number;
}

const allIds: IdRange = { from: 0, below: Number.MAX_SAFE_INTEGER };
const maxDigits = toPublicId(Number.MAX_SAFE_INTEGER).length - prefix.length;
/** How far an id and the time of a start may differ because the clock was set back or read twice. */
const clockSlackMs = 60_000;

/** The ids whose public form begins with the text, highest first: one range for each possible length. */
export function idsBeginning(text: string): readonly IdRange[] {
  if (prefix.startsWith(text)) {
    return [allIds];
  }
  const first = fromPublicId(text);
  if (first === undefined) {
    return [];
  }
  const digits = text.length - prefix.length;
  const ranges: IdRange[] = [];
  for (let length = first === 0 ? digits : maxDigits; length >= digits; length -= 1) {
    const scale = alphabet.length ** (length - digits);
    const from = first * scale;
    if (Number.isSafeInteger(from)) {
      ranges.push({ from, below: Math.min((first + 1) * scale, Number.MAX_SAFE_INTEGER) });
    }
  }
  return ranges;
}

/** The ids of workflows that started from one time on and before another, plus those of a minute on either side. */
export function idsOfTimes(from: number | undefined, before: number | undefined): IdRange {
  const firstAt = (time: number): number =>
    Math.min(Math.max(0, Math.floor(time - idEpochMs)) * idsPerMillisecond, allIds.below);
  return {
    from: from === undefined ? allIds.from : firstAt(from - clockSlackMs),
    below: before === undefined ? allIds.below : firstAt(before + clockSlackMs),
  };
}

/** Every `count`th number: slices with another index have none in common. */
export interface IdSlice {
  /** The number of slices. */
  readonly count: number;
  /** The index of this slice, from 0: the remainder of its numbers when divided by `count`. */
  readonly index: number;
}

const wholeSlice: IdSlice = { count: 1, index: 0 };

/**
 * Gives every workflow a unique number: 41 bits of milliseconds and 12 bits of a counter, so that
 * ids are in order of creation and fit both a JavaScript number and the guest's 64-bit integer.
 */
export class WorkflowIds {
  readonly #clock: Clock;
  readonly #slice: IdSlice;
  #last: number;

  /** @param last the highest id ever given; new ids are above it even if the clock was set back. */
  constructor(clock: Clock, last: number, slice: IdSlice = wholeSlice) {
    this.#clock = clock;
    this.#last = last;
    this.#slice = slice;
  }

  next(): number {
    const now = Math.max(0, Math.floor(this.#clock.now() - idEpochMs));
    const least = Math.max(this.#last + 1, now * idsPerMillisecond);
    const { count, index } = this.#slice;
    this.#last = least + ((index - (least % count) + count) % count);
    return this.#last;
  }
}
