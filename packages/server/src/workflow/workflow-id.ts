import type { Clock } from "../time/clock.ts";

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const prefix = "wkf_";
const idEpochMs = Date.UTC(2024, 0, 1);
const idsPerMillisecond = 4096;

/** The text by which the API knows a workflow whose number (as guests see it) is `id`. */
export function toPublicId(id: number): string {
  let text = "";
  for (let rest = id; rest > 0; rest = Math.floor(rest / alphabet.length)) {
    text = alphabet.charAt(rest % alphabet.length) + text;
  }
  return prefix + (text === "" ? "0" : text);
}

/** The number behind a public id, or undefined where the text is none. */
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
  // A second spelling of an id (leading zeros) is no id.
  return Number.isSafeInteger(id) && toPublicId(id) === text ? id : undefined;
}

/** Every `count`th number, of which those of other slices are never one. */
export interface IdSlice {
  /** How many slices there are. */
  readonly count: number;
  /** Which one, from 0: what its numbers leave when they are divided by `count`. */
  readonly index: number;
}

const wholeSlice: IdSlice = { count: 1, index: 0 };

/**
 * Gives every workflow a number of its own: 41 bits of milliseconds and 12 bits of a counter, so that
 * ids are in order of creation and fit both a JavaScript number and the guest's 64-bit integer.
 */
export class WorkflowIds {
  readonly #clock: Clock;
  readonly #slice: IdSlice;
  #last: number;

  /** @param last the highest id ever given; ids go on above it even if the clock was set back. */
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
